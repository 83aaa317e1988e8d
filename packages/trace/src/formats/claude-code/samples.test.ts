import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ledgerOf } from '../../analysis/ledger.ts';
import { columnsOf, MISSING_PARENT } from '../../model/columns.ts';
import { foldRun } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import { addUsage, emptyUsage } from '../../model/usage.ts';
import type { Refusal } from '../format.ts';
import { claudeCode } from './format.ts';

const root = fileURLToPath(new URL('../../../../../', import.meta.url));
const corpus = join(root, process.env.TACHO_CORPUS ?? '../shared/samples');
const folder = join(corpus, 'claude_code_sessions');
const present = existsSync(folder);
if (!present)
  console.log(`claude-code: no real transcripts in ${folder} (TACHO_CORPUS): tests on them are skipped`);

const files = present
  ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.jsonl$|\.meta\.json$/.test(file))
      .sort()
  : [];
const UUID = /[0-9a-f]{8}-[0-9a-f-]{27}/;

async function read(file: string): Promise<{ run: Run; refusals: Refusal[]; text: string }> {
  const bytes = readFileSync(join(folder, file));
  const records: TraceRecord[] = [];
  const refusals: Refusal[] = [];
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 65536) yield bytes.subarray(at, at + 65536);
  }
  const runId = UUID.exec(dirname(file))?.[0];
  const input = {
    name: basename(file),
    chunks: chunks(),
    refuse: (refusal: Refusal) => void refusals.push(refusal),
    ...(runId !== undefined && { runId }),
  };
  for await (const batch of claudeCode.read!(input)) records.push(...batch);
  return { run: foldRun(records), refusals, text: bytes.toString('utf8') };
}

/** Lines that the run says it is made of. */
function linesOf(run: Run): number {
  const homes = [run.attributes, ...run.spans.map((span) => span.attributes ?? {})];
  const counts = homes.flatMap((home) => Object.values(home.lines ?? {}) as number[]);
  return counts.reduce((sum, count) => sum + count, 0);
}

test.skipIf(!present)('every real file is recognised', () => {
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    const head = { name: basename(file), text: text.slice(0, 65536), complete: text.length <= 65536 };
    expect([file, claudeCode.detect(head) > 0.7]).toEqual([file, true]);
    // Without a name as well, but for meta.json, which is nothing by itself.
    if (file.endsWith('.jsonl'))
      expect([file, claudeCode.detect({ text: head.text, complete: head.complete }) > 0.7]).toEqual([
        file,
        true,
      ]);
  }
  const metadata = readFileSync(join(folder, 'entire_ee_8f793bfeb9_0.metadata.json'), 'utf8');
  expect(claudeCode.detect({ text: metadata, complete: true })).toBe(0);
});

test.skipIf(!present).each(files.filter((file) => file.endsWith('.jsonl')))(
  '%s is read to its last line',
  async (file) => {
    const { run, refusals, text } = await read(file);
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    // Two objects on one line are two lines that lost their break.
    const glued = lines.filter((line) => !isJson(line)).length - refusals.length;
    expect(linesOf(run)).toBe(lines.length - refusals.length + glued);
    for (const refusal of refusals)
      expect(refusal).toMatchObject({ line: expect.any(Number), reason: /.{20}/ });
    for (const span of run.spans)
      if (span.endUs !== undefined) expect(span.endUs).toBeGreaterThanOrEqual(span.startUs);
    expect(run.notes).toEqual([]);
    const columns = columnsOf(run);
    expect([...columns.parent.slice(0, columns.count)].filter((parent) => parent === MISSING_PARENT)).toEqual(
      [],
    );
  },
);

function isJson(line: string): boolean {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

type Oracle = {
  modelUsage?: Record<
    string,
    {
      inputTokens: number;
      cacheReadInputTokens: number;
      cacheCreationInputTokens: number;
      outputTokens: number;
    }
  >;
};
const oracles: Record<string, Oracle> = present
  ? JSON.parse(readFileSync(join(corpus, 'oracles-claude-code.json'), 'utf8'))
  : {};
const known = Object.keys(oracles).filter((name) => oracles[name]!.modelUsage !== undefined);

test.skipIf(!present).each(known)('%s has the tokens that Claude Code itself reports', async (name) => {
  const { run } = await read(`${name}.session.jsonl`);
  const ledger = ledgerOf(run);
  for (const [model, reported] of Object.entries(oracles[name]!.modelUsage!)) {
    const usage = emptyUsage();
    for (const entry of ledger.entries)
      if (run.spans[entry.no]!.model === model) addUsage(usage, entry.usage);
    // Calls of a helper model, and of subagents whose files were not kept, are in no transcript.
    if (usage.requests === 0) continue;
    const written = usage.cacheWriteTokens + usage.cacheWrite1hTokens;
    const got = [usage.inputTokens, usage.cacheReadTokens, written];
    const expected = [reported.inputTokens, reported.cacheReadInputTokens, reported.cacheCreationInputTokens];
    const delegates = run.spans.some((span) => span.kind === 'agent' && span.parentId !== undefined);
    if (delegates && Object.keys(oracles[name]!.modelUsage!).length === 1) {
      for (const [at, tokens] of got.entries()) expect(tokens).toBeLessThanOrEqual(expected[at]!);
    } else expect(got).toEqual(expected);
    expect(usage.outputTokens + usage.reasoningTokens).toBeLessThanOrEqual(reported.outputTokens);
  }
});

test.skipIf(!present)('G16: transcripts known for placeholders have them marked', async () => {
  const { run } = await read('entire_2c_1a2a1e88ce_0.jsonl');
  const calls = run.spans.filter((span) => span.kind === 'llm' && span.usage !== undefined);
  expect(calls.length).toBeGreaterThan(10);
  expect(calls.filter((span) => span.placeholderOutput !== true)).toEqual([]);
  const healthy = await read('eb_v6_dep-traversal_baseline.session.jsonl');
  expect(healthy.run.spans.filter((span) => span.placeholderOutput)).toEqual([]);
});

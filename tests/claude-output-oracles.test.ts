import { existsSync, readFileSync } from 'node:fs';
import { ledgerOf } from '@tacho/trace/analysis/ledger';
import { modelProfiles } from '@tacho/trace/analysis/profiles';
import { prepare, summaryOf } from '@tacho/trace/analysis/summary';
import { claudeCode } from '@tacho/trace/formats/claude-code/format';
import { claudeOutput } from '@tacho/trace/formats/claude-output/format';
import type { Format } from '@tacho/trace/formats/format';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { Run } from '@tacho/trace/model/run';
import { totalTokens, type Usage } from '@tacho/trace/model/usage';
import { describe, expect, test } from 'vitest';
import { defaultPrices } from '../packages/app/src/prices/lookup.ts';
import { CORPUS, readBytes, runsOf } from './format-cases.ts';

type Reported = {
  inputTokens: number;
  outputTokens: number;
  cacheReadInputTokens: number;
  cacheCreationInputTokens: number;
  costUSD: number;
};
type Oracle = { total_cost_usd?: number; modelUsage?: Record<string, Reported> };

const present = existsSync(`${CORPUS}/oracles-claude-code.json`);
const oracles: Record<string, Oracle> = present
  ? JSON.parse(readFileSync(`${CORPUS}/oracles-claude-code.json`, 'utf8'))
  : {};
const reported = Object.keys(oracles).filter((name) => oracles[name]!.modelUsage !== undefined);
const price = defaultPrices();

const SHAPES: Record<string, [Format, (name: string) => string]> = {
  stream: [claudeOutput, (name) => `claude_code_stream_json/${name}.stream.jsonl`],
  transcript: [claudeCode, (name) => `claude_code_sessions/${name}.session.jsonl`],
};

async function recordsOf(name: string, shape: string): Promise<TraceRecord[]> {
  const [format, path] = SHAPES[shape]!;
  const reading = await readBytes(format, readFileSync(`${CORPUS}/${path(name)}`), { name: path(name) });
  return reading.records;
}

/** The run as the ingest makes it: every span with our price. */
async function runOf(name: string, ...shapes: string[]): Promise<Run> {
  const records = (await Promise.all(shapes.map((shape) => recordsOf(name, shape)))).flat();
  const runs = runsOf(records);
  expect(runs.size).toBe(1);
  const run = [...runs.values()][0]!;
  for (const span of run.spans) {
    const { model, usage, startUs: atUs } = span;
    const priced = model && usage ? price({ model, usage, atUs }) : undefined;
    if (priced) span.costUsd = priced.costUsd;
  }
  return run;
}

const buckets = (usage: Usage): number[] => [
  usage.inputTokens,
  usage.cacheReadTokens,
  usage.cacheWriteTokens + usage.cacheWrite1hTokens,
  usage.outputTokens + usage.reasoningTokens,
];
const bucketsOf = (model: Reported): number[] => [
  model.inputTokens,
  model.cacheReadInputTokens,
  model.cacheCreationInputTokens,
  model.outputTokens,
];

describe.skipIf(!present)('G16, G21: tokens and cost by model are what the tool itself reports', () => {
  test.each(
    reported.flatMap((name) =>
      [['stream'], ['stream', 'transcript'], ['transcript', 'stream']].map((files) => [name, files] as const),
    ),
  )('%s read from %j', async (name, files) => {
    const run = await runOf(name, ...files);
    const ledger = ledgerOf(run);
    const profiles = Object.fromEntries(
      modelProfiles(run, ledger).map((profile) => [profile.model, profile]),
    );
    const oracle = oracles[name]!;
    expect(Object.keys(profiles).sort()).toEqual(Object.keys(oracle.modelUsage!).sort());
    for (const [model, sum] of Object.entries(oracle.modelUsage!)) {
      expect([model, buckets(profiles[model]!.usage)]).toEqual([model, bucketsOf(sum)]);
      expect(profiles[model]!.costUsd).toBeCloseTo(sum.costUSD, 6);
    }
    expect(ledger.costUsd).toBeCloseTo(oracle.total_cost_usd!, 6);
    expect(ledger.unpricedCalls).toBe(0);
    const codes = summaryOf(run, 0, prepare(run)).notes.map(({ code }) => code);
    expect(codes).not.toContain('placeholder-output');
    expect(codes).not.toContain('missing-parent');
    // The tool's own price of claude-sonnet-5 is not the one of the list: said, not hidden.
    expect(codes.includes('cost-deviates')).toBe('claude-sonnet-5' in oracle.modelUsage!);
  });

  test.each(reported)('%s: which file comes first changes no call, no time and no parent', async (name) => {
    const shape = (run: Run): unknown =>
      Object.fromEntries(
        run.spans.map((span) => [
          span.spanId,
          [span.parentId, span.callKey, span.usage && totalTokens(span.usage), span.startUs, span.endUs],
        ]),
      );
    expect(shape(await runOf(name, 'stream', 'transcript'))).toEqual(
      shape(await runOf(name, 'transcript', 'stream')),
    );
  });

  test('usage × price gives the cost that is reported, to the sixth decimal', () => {
    const dated = { 'claude-sonnet-4-6': '2026-03-31', 'claude-haiku-4-5-20251001': '2026-03-31' };
    let checked = 0;
    for (const { modelUsage = {} } of Object.values(oracles))
      for (const [model, sum] of Object.entries(modelUsage)) {
        if (!(model in dated)) continue;
        const usage: Usage = {
          inputTokens: sum.inputTokens,
          cacheReadTokens: sum.cacheReadInputTokens,
          cacheWriteTokens: sum.cacheCreationInputTokens,
          cacheWrite1hTokens: 0,
          outputTokens: sum.outputTokens,
          reasoningTokens: 0,
          otherTokens: 0,
          requests: 1,
        };
        const atUs = Date.parse(dated[model as keyof typeof dated]) * 1000;
        expect(price({ model, usage, atUs })?.costUsd).toBeCloseTo(sum.costUSD, 6);
        checked++;
      }
    expect(checked).toBeGreaterThanOrEqual(6);
  });
});

test.skipIf(!present)('a killed run is interrupted: what is there is a lower bound, and marked', async () => {
  const run = await runOf('eb_smoke_hybrid_v4.killed', 'stream');
  expect(run.status).toBe('running');
  expect(run.spans.find(({ spanId }) => spanId === 'claude-code')!.endUs).toBeUndefined();
  expect(ledgerOf(run).usage).toMatchObject({ inputTokens: 81, cacheReadTokens: 502_363 });
  expect(summaryOf(run, 0, prepare(run)).notes.map(({ code }) => code)).toContain('placeholder-output');
});

test.skipIf(!present)('Harbor: 606 output tokens and $0.0844475, where the transcript says 4', async () => {
  const path =
    'harbor/ccb_dependeval_smoke/2026-02-01__18-03-04/dependency_recognition-java-unkn__pshKMge/agent/claude-code.txt';
  const { records } = await readBytes(claudeOutput, readFileSync(`${CORPUS}/${path}`), {
    name: 'claude-code.txt',
  });
  const run = [...runsOf(records).values()][0]!;
  const { usage, costUsd } = ledgerOf(run);
  expect([buckets(usage), costUsd]).toEqual([[2, 57_775, 6464, 606], 0.0844475]);
  expect([run.status, run.endUs! - run.startUs]).toEqual(['ok', 14_736_000]);
});

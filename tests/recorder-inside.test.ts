import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { foldRun } from '@tacho/trace/model/fold';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { Run } from '@tacho/trace/model/run';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tacho } from './faults/command.ts';

const MODULE = pathToFileURL(join(import.meta.dirname, '../packages/trace/dist/index.js')).href;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-inside-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A program with a recorder; `ending` is how it leaves. */
function program(options: string, ending = 'await trace.end();'): void {
  writeFileSync(
    join(folder, 'program.mjs'),
    `import { logLlmUsage, RunTrace } from '${MODULE}';
    const trace = new RunTrace({ task: 'program', ${options} });
    await trace.span('work', async () => {
      trace.logUsage({ id: 'answer-1', model: 'gpt-5', usage: { prompt_tokens: 100, completion_tokens: 20 } });
    });
    logLlmUsage({ model: 'gpt-5', promptTokens: 100, completionTokens: 20, requestId: 'answer-1' });
    ${ending}`,
  );
}

const logs = (): string => join(folder, 'logs');
const runs = (): string[] =>
  readdirSync(logs(), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

function runNamed(name: string): Run {
  const lines = readFileSync(join(logs(), name, 'telemetry.jsonl'), 'utf8')
    .trimEnd()
    .split('\n');
  return foldRun(lines.map((line) => JSON.parse(line) as TraceRecord));
}

/** Each span with the name of the one that it stands under. */
function tree({ spans }: Run): Record<string, string | undefined> {
  const names = new Map(spans.map(({ spanId, name }) => [spanId, name]));
  return Object.fromEntries(spans.map(({ name, parentId }) => [name, parentId && names.get(parentId)]));
}

test('a recorder below tacho exec stands in its run, and its end is no end of that', async () => {
  program('');
  await tacho(['exec', '--', process.execPath, 'program.mjs'], { home: join(folder, 'home'), cwd: folder });
  expect(runs()).toHaveLength(1);
  const run = runNamed(runs()[0]!);
  expect(tree(run)).toMatchObject({ program: run.spans[0]!.name, work: 'program' });
  expect(run.status).toBe('ok');
  expect(run.spans.map(({ status }) => status)).not.toContain('unset');
});

test('a program that leaves without ending its run ends the span of it', async () => {
  program('', 'process.exit(3);');
  await tacho(['exec', '--', process.execPath, 'program.mjs'], { home: join(folder, 'home'), cwd: folder });
  const run = runNamed(runs()[0]!);
  expect(run.spans.find(({ name }) => name === 'program')).toMatchObject({
    status: 'cancelled',
    attributes: { exit_code: 3 },
  });
});

test('join: false is a run of its own', async () => {
  program('join: false');
  await tacho(['exec', '--', process.execPath, 'program.mjs'], { home: join(folder, 'home'), cwd: folder });
  expect(runs()).toHaveLength(2);
  const apart = runs().find((name) => name.endsWith('_program'))!;
  expect(tree(runNamed(apart))).toMatchObject({ work: undefined });
  expect(existsSync(join(logs(), apart, 'run_summary.json'))).toBe(true);
});

test('the calls of a recorder in a stage are in the report of the pipeline, each once', async () => {
  program('');
  writeFileSync(
    join(folder, 'recipe.yaml'),
    `instrumentation: { enabled: true }\nstages:\n  - { id: plan, command: [node, program.mjs] }\n`,
  );
  await tacho(['pipeline', 'recipe.yaml'], { home: join(folder, 'home'), cwd: folder });
  expect(runs()).toHaveLength(1);
  const report = JSON.parse(readFileSync(join(logs(), runs()[0]!, 'instrumentation.json'), 'utf8')) as {
    stages: { id: string; llm_totals: { calls: number; prompt_tokens: number } }[];
  };
  expect(report.stages).toMatchObject([{ id: 'plan', llm_totals: { calls: 1, prompt_tokens: 100 } }]);
  expect(tree(runNamed(runs()[0]!))).toMatchObject({ plan: undefined, program: 'plan', work: 'program' });
});

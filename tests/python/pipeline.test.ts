import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Explanation } from '@tacho/trace/model/explanation';
import { foldRun } from '@tacho/trace/model/fold';
import type { TraceRecord } from '@tacho/trace/model/record';
import { expect, test } from 'vitest';
import { run } from '../../packages/app/src/cli/main.ts';
import { TestTerminal, typedAt } from '../terminal.ts';
import { home, withPython } from './python.ts';

const CLIENT = resolve(import.meta.dirname, '../../clients/python');

const RECORDED = `
import os
import tacho
stage = os.environ["PIPELINE_STAGE_ID"]
answer = {"id": stage + "-1", "model": "gpt-5", "usage": {"prompt_tokens": 100, "completion_tokens": 20}}
with tacho.RunTrace(task="plan") as run:
    with run.span("planning"):
        run.log_usage(answer, stage="planning")
    run.log_usage({"model": "gpt-5", "usage": {"prompt_tokens": 10, "completion_tokens": 2}})
tacho.log_llm_usage("gpt-5", 100, 20, request_id=stage + "-1")
tacho.log_llm_usage("gpt-5", 7, 3, request_id=stage + "-2")
`;

const RECIPE = `
instrumentation: { enabled: true }
stages:
  - { id: plan, command: [python3, plan.py] }
  - { id: after, needs: [plan], command: [python3, plan.py] }
`;

type Sums = { calls: number; prompt_tokens: number; completion_tokens: number };
type Report = {
  totals: Sums;
  stages: { id: string; llm_calls: { prompt_tokens: number }[]; llm_totals: Sums }[];
};

const FAILING = {
  'program.py': `
import tacho
with tacho.RunTrace(task="program", producer_model="m", labels={"a": 1}) as run:
    run.set(project="p", evaluator_model="n")
    run.event("begun")
    try:
        with run.span("work", kind="tool"):
            raise ValueError("lost")
    except ValueError:
        pass
    run.log_usage({"input": 5}, model="m")
`,
  'program.mjs': `
import { RunTrace } from '${pathToFileURL(join(import.meta.dirname, '../../packages/trace/dist/index.js')).href}';
const run = new RunTrace({ task: 'program', producerModel: 'm', labels: { a: 1 } });
run.set({ project: 'p', evaluatorModel: 'n' });
run.event('begun');
await run.span('work', { kind: 'tool' }, async () => { throw new TypeError('lost'); }).catch(() => {});
run.logUsage({ input: 5 }, { model: 'm' });
await run.end();
`,
};

withPython('a stage of a pipeline', () => {
  test('a recorder in it is the same spans of the run in both languages', async () => {
    for (const [name, text] of Object.entries(FAILING)) writeFileSync(join(home, name), text);
    const stages = ['python3, program.py', 'node, program.mjs'].map(
      (command, at) => `  - { id: s${at}, command: [${command}] }\n`,
    );
    writeFileSync(join(home, 'both.yaml'), `instrumentation: { enabled: true }\nstages:\n${stages.join('')}`);
    const terminal = new TestTerminal();
    terminal.cwd = home;
    terminal.env = { PATH: process.env.PATH, PYTHONPATH: CLIENT, TACHO_DIR: 'both' };
    expect([await run(['pipeline', 'both.yaml'], terminal), terminal.stderr]).toEqual([0, expect.anything()]);
    const lines = readFileSync(join(home, 'both/latest/telemetry.jsonl'), 'utf8').trimEnd().split('\n');
    const { spans } = foldRun(lines.map((line) => JSON.parse(line) as TraceRecord));
    const [ofPython, ofNode] = ['s0', 's1'].map((stage) => {
      const of = (parentId: string): unknown[] =>
        spans
          .filter((span) => span.parentId === parentId)
          .map(
            ({ spanId, name, kind, status, usage, events, attributes: { pid: _, ...attributes } = {} }) => {
              const what = {
                name,
                kind,
                status,
                usage,
                events: events?.map((event) => event.name),
                attributes,
              };
              return { ...what, below: of(spanId) };
            },
          );
      return of(stage);
    });
    expect(ofNode).toEqual(ofPython);
    expect(ofPython).toMatchObject([
      {
        name: 'program',
        status: 'error',
        attributes: { project: 'p', task: 'program' },
        below: [{ name: 'work', status: 'error' }, { name: 'm' }],
      },
    ]);
  });

  test('calls of its recorder and of the call sink are in the report as in the run, each once', async () => {
    writeFileSync(join(home, 'plan.py'), RECORDED);
    writeFileSync(join(home, 'recipe.yaml'), RECIPE);
    const terminal = new TestTerminal();
    terminal.cwd = home;
    terminal.env = { PATH: process.env.PATH, PYTHONPATH: CLIENT, TACHO_HOME: join(home, 'store') };
    expect([await run(['pipeline', 'recipe.yaml'], terminal), terminal.stderr]).toEqual([
      0,
      expect.anything(),
    ]);
    const report = JSON.parse(readFileSync(join(home, 'logs/latest/instrumentation.json'), 'utf8')) as Report;
    expect(report.stages.map(({ id, llm_totals }) => [id, llm_totals])).toEqual([
      ['plan', expect.objectContaining({ calls: 3, prompt_tokens: 117, completion_tokens: 25 })],
      ['after', expect.objectContaining({ calls: 3, prompt_tokens: 117, completion_tokens: 25 })],
    ]);
    expect(report.stages[0]!.llm_calls.map((call) => call.prompt_tokens).sort()).toEqual([10, 100, 7]);
    const store = join(home, 'store');
    await typedAt(store, ['import', 'logs'], { cwd: home });
    const explained = await typedAt(store, ['explain', 'latest', '--json'], { cwd: home });
    const { tokens, groups } = JSON.parse(explained.out) as Explanation;
    expect(tokens).toBe(2 * (117 + 25));
    expect(groups.map(({ verdict, spans }) => [verdict, spans])).toEqual([
      ['counted', report.totals.calls],
      ['duplicate', 2],
    ]);
  });
});

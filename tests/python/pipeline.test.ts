import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Explanation } from '@tacho/trace/model/explanation';
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

withPython('a stage of a pipeline', () => {
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

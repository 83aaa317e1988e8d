// Every analysis of one run, in one thread: 100 000 spans, and how the time grows with the spans.
import { activityOf } from '../packages/trace/dist/analysis/activity/activity.js';
import { diffRuns } from '../packages/trace/dist/analysis/diff/diff-runs.js';
import { digestOf } from '../packages/trace/dist/analysis/digest.js';
import { explain } from '../packages/trace/dist/analysis/explain.js';
import { pathReportOf } from '../packages/trace/dist/analysis/path/path-report.js';
import { problemsOf } from '../packages/trace/dist/analysis/problems.js';
import { reportOf } from '../packages/trace/dist/analysis/report.js';
import { prepare } from '../packages/trace/dist/analysis/summary.js';
import { openWork } from '../packages/trace/dist/analysis/watch.js';
import { foldRun } from '../packages/trace/dist/model/fold.js';
import { alternate, within } from './figure.mjs';

const SPANS = 100_000;
const FACTOR = 4;
const ROUNDS = 5;
const LIMIT_MS = 1_000;
const MAX_EXPONENT = 1.15;
/** Of a side, for two runs beside each other. */
const DIFF_SPANS = 10_000;
const DIFF_LIMIT_MS = 2_000;

/** Ten agents at a time, each asking its model and calling tools in turn; `seed` makes a run that differs here and there. */
function runOf(runId, spans, seed = 0) {
  const records = [];
  let startUs = 1_775_000_000;
  for (let agent = 0; records.length < spans; agent++) {
    const id = `a${agent}`;
    const from = startUs + (agent % 10);
    records.push({
      event: 'span',
      run_id: runId,
      span_id: id,
      kind: 'agent',
      name: `agent ${agent % 12}`,
      ts: from,
      end_ts: from + 200,
    });
    for (let step = 0; step < 49 && records.length < spans; step++) {
      if (seed > 0 && (records.length * 7 + seed) % 97 === 0) continue;
      const tool = step % 2 === 1;
      records.push({
        event: 'span',
        run_id: runId,
        span_id: `${id}.${step}`,
        parent: id,
        kind: tool ? 'tool' : 'llm',
        name: tool ? `Bash: step ${step}` : 'chat',
        ...(tool
          ? {
              tool: { name: ['Bash', 'Read', 'Edit', 'Grep'][step % 4] },
              inputs: { command: `npm test -- part${step}`, file_path: `src/${step}.ts` },
            }
          : { model: `model-${step % 3}`, usage: { input_tokens: 100 + step, output_tokens: 20 } }),
        ts: from + step * 4,
        end_ts: from + step * 4 + 3.5,
        status: (records.length + seed) % 50 === 0 ? 'error' : 'ok',
      });
    }
    if (agent % 10 === 9) startUs += 230;
  }
  return foldRun(records, runId);
}

const ANALYSES = {
  'stages, agents, tools and models': (run, prepared) => reportOf(run, run.lastUs, prepared),
  'the ledger explained': (run, prepared) => explain(run, prepared),
  'critical path, what-if and concurrency': (run, prepared) => pathReportOf(run, run.lastUs, prepared),
  'problems, stalls and loops': (run, { columns, tree }) => problemsOf(columns, tree, run.lastUs, 'running'),
  'open work': (run, { columns, tree }) => openWork({ ...run, status: 'running' }, columns, tree, run.lastUs),
  activity: (run) => activityOf(run),
  'the digest of a page': (run) => digestOf(run),
};

/** @returns {Promise<import('./figure.mjs').Figure[]>} */
export async function benchAnalysis() {
  const figures = [];
  const [small, large] = [SPANS / FACTOR, SPANS].map((spans) => {
    const run = runOf('run', spans);
    return { run, prepared: prepare(run) };
  });
  for (const [name, analyse] of Object.entries(ANALYSES)) {
    const measure =
      ({ run, prepared }) =>
      () => {
        const started = performance.now();
        analyse(run, prepared);
        return performance.now() - started;
      };
    const ms = await alternate({ small: measure(small), large: measure(large) }, ROUNDS);
    figures.push(
      within({ name: `${name}: 100 000 spans`, unit: 'ms', ours: ms.large, limit: LIMIT_MS }),
      within({
        name: `${name}: growth from 25 000 to 100 000 spans`,
        unit: 'exponent',
        ours: Math.log(ms.large / ms.small) / Math.log(FACTOR),
        limit: MAX_EXPONENT,
      }),
    );
  }
  const [left, right] = [runOf('left', DIFF_SPANS), runOf('right', DIFF_SPANS, 3)];
  const diff = () => {
    const started = performance.now();
    if (diffRuns(left, right, { tree: true }).matched < DIFF_SPANS / 2)
      throw new Error('the runs were not aligned');
    return performance.now() - started;
  };
  const { ms } = await alternate({ ms: diff }, ROUNDS);
  figures.push(
    within({
      name: 'two runs of 10 000 spans beside each other',
      unit: 'ms',
      ours: ms,
      limit: DIFF_LIMIT_MS,
    }),
  );
  return figures;
}

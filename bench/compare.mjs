// Two sets of runs compared: the arithmetic of all metrics with 10 000 rounds, and the whole request over a store.
import { join } from 'node:path';
import { openStore } from '../packages/app/dist/store/duckdb-store.js';
import { compareRuns } from '../packages/trace/dist/analysis/compare/compare.js';
import { alternate, median, within } from './figure.mjs';
import { runOf } from './store-rows.mjs';
import { getJson, inFolder, serveTacho } from './tacho.mjs';

const TASKS = 500;
const FACTOR = 4;
const ROUNDS = 5;
const LIMIT_MS = 2000;
/** Drawing grows as the tasks do; leaving each task out once, for BCa, grows with their square, from a small share. */
const MAX_EXPONENT = 1.1;

/** A share that looks like chance and is the same every time. */
const noise = (i, salt) => ((i * 7919 + salt * 104729 + ((i * i) % 613) * 31) % 1000) / 1000;

/** A trial of a task: on the second side it takes a little longer, and succeeds a little more often. */
function trialOf(task, side) {
  const startUs = 1.7e15 + task * 60e6;
  const durationUs = Math.round((20 + 200 * noise(task, 1) + 30 * noise(task, 2 + side)) * 1e6) + side * 5e5;
  const reward = noise(task, 4 + side) + 0.05 * side > 0.5 ? 1 : 0;
  const header = {
    name: `Task ${task}`,
    task: `Repair what is broken in project ${task}`,
    taskType: 'repair',
    sessionId: `side-${side}`,
    project: 'bench',
    labels: { agent: `agent-${side}`, benchmark: 'bench', task_id: `task-${task}` },
    startUs,
    endUs: startUs + durationUs,
    lastUs: startUs + durationUs,
    status: 'ok',
    scores: [{ name: 'reward', value: reward }],
    attributes: {},
    notes: [],
  };
  const summary = {
    spans: 100,
    tokens: 10_000 + Math.round(90_000 * noise(task, 6 + side)),
    costUsd: 0.01 + noise(task, 8 + side),
    unpricedCalls: 0,
    models: ['model'],
    agent: `agent-${side}`,
    durationUs,
    score: reward,
    leverage: null,
    rounds: 0,
    errors: 0,
  };
  return runOf(`run-${side}-${task}`, { header, summary });
}

const sideOf = (side, tasks) => Array.from({ length: tasks }, (_, task) => trialOf(task, side));

/** @returns {Promise<import('./figure.mjs').Figure[]>} */
export async function benchCompare() {
  const measure = (tasks) => {
    const [baseline, treatment] = [0, 1].map((side) => sideOf(side, tasks).map(({ summary }) => summary));
    return () => {
      const started = performance.now();
      const { metrics } = compareRuns(baseline, treatment);
      if (metrics.some(({ tests }) => tests.length === 0)) throw new Error('a metric was not tested');
      return performance.now() - started;
    };
  };
  const ms = await alternate({ small: measure(TASKS), large: measure(TASKS * FACTOR) }, ROUNDS);
  return [
    within({ name: 'compare: 2 × 500 runs, 10 000 rounds', unit: 'ms', ours: ms.small, limit: LIMIT_MS }),
    within({
      name: 'compare: growth from 500 to 2 000 tasks',
      unit: 'exponent',
      ours: Math.log(ms.large / ms.small) / Math.log(FACTOR),
      limit: MAX_EXPONENT,
    }),
    within({
      name: 'compare: 2 × 500 stored runs, request to answer',
      unit: 'ms',
      ours: await overHttp(),
      limit: LIMIT_MS,
    }),
  ];
}

function overHttp() {
  return inFolder(async (folder) => {
    const home = join(folder, 'home');
    const store = await openStore(home);
    await store.write(async (writer) => {
      for (const { header, summary } of [...sideOf(0, TASKS), ...sideOf(1, TASKS)])
        await writer.putRun(header, summary);
    });
    await store.close();
    const server = await serveTacho({ home });
    const times = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const started = performance.now();
      const { pairing } = await getJson(`${server.url}/api/compare?baseline=side-0&treatment=side-1`);
      if (pairing.tasks !== TASKS) throw new Error(`${pairing.tasks} tasks were paired`);
      if (round > 0) times.push(performance.now() - started);
    }
    await server.stop();
    return median(times);
  });
}

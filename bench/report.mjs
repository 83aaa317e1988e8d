// A report over all runs of a store: what `tacho report` and `GET /api/report` ask for.
import { join } from 'node:path';
import { openStore } from '../packages/app/dist/store/duckdb-store.js';
import { judgedFactsOf } from '../packages/trace/dist/analysis/judged-facts.js';
import { median, within } from './figure.mjs';
import { runOf } from './store-rows.mjs';
import { getJson, inFolder, serveTacho } from './tacho.mjs';

const RUNS = 100_000;
const PART = 25_000;
const BATCH = 5_000;
const ROUNDS = 5;
const LIMIT_MS = 1000;
/** What grows faster than the runs is the sorting of durations. */
const MAX_EXPONENT = 1.1;

const TASKS = ['enumerated', 'best_practices', 'research'];
const DIMENSIONS = ['relevance', 'completeness', 'depth', 'specificity', 'structure'];
const ERRORS = ['TimeoutError', 'ValueError', 'RateLimitError'];

/** A share that looks like chance and is the same every time. */
const noise = (i, salt) => ((i * 7919 + salt * 104729 + ((i * i) % 613) * 31) % 1000) / 1000;

/** Two rounds of judging, in five dimensions each. */
function rounds(i) {
  return [1, 2].flatMap((round) => {
    const common = { name: 'wiggum', round: `r${round}`, max: 10 };
    const value = Math.round(60 + 30 * noise(i, round) + 5 * round) / 10;
    return [
      { ...common, value, label: value >= 8 ? 'PASS' : 'FAIL' },
      ...DIMENSIONS.map((dimension, at) => ({
        ...common,
        dimension,
        value: Math.round(10 * noise(i, round * 10 + at)),
      })),
    ];
  });
}

/** Every fourth run is judged in rounds, the others have a benchmark's reward; every tenth ended in an error. */
function reportedRun(i) {
  const startUs = 1.7e15 + i * 60e6;
  const durationUs = Math.round((20 + 2000 * noise(i, 1)) * 1e6);
  const inRounds = i % 4 === 0;
  const reward = noise(i, 2) > 0.4 ? 1 : 0;
  const header = {
    name: `Task ${i}`,
    task: `Find the top ${i % 10} techniques of area ${i % 977}`,
    taskType: TASKS[i % 3],
    sessionId: `session-${i % 500}`,
    project: `project-${i % 20}`,
    labels: { agent: `agent-${i % 5}`, benchmark: `bench-${i % 7}`, task_id: `task-${i % 997}` },
    startUs,
    endUs: startUs + durationUs,
    lastUs: startUs + durationUs,
    status: i % 10 === 0 ? 'error' : 'ok',
    ...(i % 10 === 0 && { error: { type: ERRORS[(i / 10) % 3], message: 'It went wrong.' } }),
    scores: inRounds ? rounds(i) : [{ name: 'reward', value: reward }],
    output: { patchBytes: 100 + (i % 5000), filesChanged: i % 7 },
  };
  const tokens = 1000 + ((i * 104729) % 1e6);
  const unpriced = i % 13 === 0;
  const summary = {
    spans: 100 + (i % 900),
    usage: {
      inputTokens: tokens - 500,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      cacheWrite1hTokens: 0,
      outputTokens: 500,
      reasoningTokens: 0,
      otherTokens: 0,
      requests: 20,
    },
    tokens,
    costUsd: unpriced ? null : (i % 1000) / 100,
    unpricedCalls: unpriced ? 3 : 0,
    models: [`model-${i % 4}`],
    agent: `agent-${i % 5}`,
    durationUs,
    score: inRounds ? header.scores[6].value : reward,
    leverage: inRounds ? { value: i % 300, kind: 'tac' } : null,
    rounds: inRounds ? 2 : 0,
    errors: i % 6,
  };
  return runOf(`run-${i}`, { header, summary });
}

/** @returns {Promise<import('./figure.mjs').Figure[]>} */
export function benchReport() {
  return inFolder(async (folder) => {
    const home = join(folder, 'home');
    await fill(home);
    const server = await serveTacho({ home });
    // Runs are a minute apart: a time chooses so many of them.
    const upTo = (runs) => `toUs=${1.7e15 + (runs - 1) * 60e6}`;
    const times = { part: [], all: [] };
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [name, runs] of Object.entries({ part: PART, all: RUNS })) {
        const started = performance.now();
        const { total_metrics } = await getJson(`${server.url}/api/report?${upTo(runs)}`);
        if (total_metrics !== runs) throw new Error(`the report is of ${total_metrics} runs`);
        // The first round warms up.
        if (round > 0) times[name].push(performance.now() - started);
      }
    }
    await server.stop();
    const [part, all] = [median(times.part), median(times.all)];
    return [
      within({
        name: 'report: over 100 000 stored runs, request to answer',
        unit: 'ms',
        ours: all,
        limit: LIMIT_MS,
      }),
      within({
        name: 'report: growth from 25 000 to 100 000 runs',
        unit: 'exponent',
        ours: Math.log(all / part) / Math.log(RUNS / PART),
        limit: MAX_EXPONENT,
      }),
    ];
  });
}

async function fill(home) {
  const store = await openStore(home);
  for (let at = 0; at < RUNS; at += BATCH) {
    await store.write(async (writer) => {
      for (let i = at; i < at + BATCH; i++) {
        const { header, summary } = reportedRun(i);
        await writer.putRun(header, summary, judgedFactsOf(summary));
      }
    });
  }
  await store.close();
}

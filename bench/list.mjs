// The list of runs: what the page asks for when somebody filters, sorts, searches and turns pages.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../packages/app/dist/store/duckdb-store.js';
import { quantile, within } from './figure.mjs';
import { runOf } from './store-rows.mjs';
import { getJson, inFolder, serveTacho } from './tacho.mjs';

const RUNS = 100_000;
const BATCH = 10_000;
const ROUNDS = 5;
const PAGE = 50;
const LIMIT_MS = 100;

const TASKS = ['enumerated', 'best_practices', 'research'];
const STATUSES = ['ok', 'ok', 'ok', 'error', 'interrupted'];

function listedRun(i) {
  const startUs = 1.7e15 + i * 60e6;
  const lastUs = startUs + (i % 3600) * 1e6;
  const header = {
    name: `Task ${(i * 7919) % RUNS}`,
    task: `Find the top ${i % 10} techniques of area ${i % 977}`,
    taskType: TASKS[i % 3],
    sessionId: `session-${i % 500}`,
    project: `project-${i % 20}`,
    labels: { agent: `agent-${i % 5}`, benchmark: `bench-${i % 7}`, trial: String(i % 11) },
    startUs,
    endUs: lastUs,
    lastUs,
    status: STATUSES[i % STATUSES.length],
  };
  const summary = {
    spans: 100 + (i % 900),
    tokens: (i * 104729) % 1e6,
    costUsd: i % 13 === 0 ? null : (i % 1000) / 100,
    models: [`model-${i % 4}`],
    agent: `agent-${i % 5}`,
    durationUs: lastUs - startUs,
    ...(i % 4 !== 0 && { score: (i % 100) / 10 }),
    leverage: i % 5 === 0 ? { value: i % 300, kind: 'tac' } : null,
    rounds: i % 4,
    errors: i % 6,
  };
  return runOf(`run-${i}`, { header, summary });
}

/** What people ask, as the API's query, and the same in SQLite. */
const QUESTIONS = [
  ['', 'TRUE', 'startUs DESC'],
  ['sort=cost&descending=true', 'TRUE', 'costUsd DESC'],
  ['sort=name', 'TRUE', 'name'],
  ['sort=score&descending=true&minScore=5', 'score >= 5', 'score DESC'],
  ['status=error&taskType=research', "status = 'error' AND taskType = 'research'", 'startUs DESC'],
  ['session=session-7', "sessionId = 'session-7'", 'startUs DESC'],
  [
    'label=benchmark%3Dbench-3&sort=duration&descending=true',
    "labels ->> 'benchmark' = 'bench-3'",
    'durationUs DESC',
  ],
  [
    'model=model-2&agent=agent-1&sort=tokens&descending=true',
    "model = 'model-2' AND agent = 'agent-1'",
    'tokens DESC',
  ],
  ['search=area%20123', "(name LIKE '%area 123%' OR task LIKE '%area 123%')", 'startUs DESC'],
  [
    'search=nothing%20of%20the%20kind',
    "(name LIKE '%nothing of%' OR task LIKE '%nothing of%')",
    'startUs DESC',
  ],
  [
    'search=bench-5&project=project-3&fromUs=1702000000000000&toUs=1705000000000000',
    "labels LIKE '%bench-5%' AND project = 'project-3' AND startUs BETWEEN 1.702e15 AND 1.705e15",
    'startUs DESC',
  ],
  ['sort=leverage&descending=true', 'TRUE', 'leverage DESC'],
];

/** @returns {Promise<import('./figure.mjs').Figure[]>} */
export function benchList() {
  return inFolder(async (folder) => {
    const home = join(folder, 'home');
    await fill(home);
    const server = await serveTacho({ home });
    const times = [];
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [query] of QUESTIONS) {
        let cursor = '';
        for (let page = 0; page < 2 && cursor !== undefined; page++) {
          const started = performance.now();
          const list = await getJson(`${server.url}/api/runs?${query}&limit=${PAGE}${cursor}`);
          // The first round warms up.
          if (round > 0) times.push(performance.now() - started);
          cursor = list.next === undefined ? undefined : `&cursor=${encodeURIComponent(list.next)}`;
        }
      }
    }
    await server.stop();
    const ours = quantile(times, 0.95);
    const name = 'list: a page of 100 000 runs, filtered, sorted or searched, request to rows (p95)';
    const sqlite = besideSqlite(folder);
    const figures = [within({ name, unit: 'ms', ours, limit: LIMIT_MS })];
    if (sqlite === undefined) return figures;
    const beside = { beside: sqlite, besideName: 'SQLite, the queries alone', ratio: ours / sqlite };
    return [...figures, { name, unit: 'ms', ours, ...beside, goal: 'none beside SQLite', holds: null }];
  });
}

async function fill(home) {
  const store = await openStore(home);
  for (let at = 0; at < RUNS; at += BATCH) {
    await store.write(async (writer) => {
      for (let i = at; i < at + BATCH; i++) {
        const { header, summary } = listedRun(i);
        await writer.putRun(header, summary);
      }
    });
  }
  await store.close();
}

const COLUMNS = [
  'name',
  'task',
  'taskType',
  'sessionId',
  'project',
  'status',
  'agent',
  'model',
  'labels',
  'summary',
];
const NUMBERS = ['startUs', 'costUsd', 'score', 'durationUs', 'tokens', 'leverage'];

/** The 95th percentile of the same questions (rows and their number) in one process of the sqlite3 shell, where there is one. */
function besideSqlite(folder) {
  if (spawnSync('sqlite3', ['-version']).status !== 0) {
    console.error('  sqlite3 is not installed: the list is measured without a rival');
    return undefined;
  }
  const csv = join(folder, 'runs.csv');
  const cell = (value) => `"${String(value ?? '').replaceAll('"', '""')}"`;
  const rows = [];
  for (let i = 0; i < RUNS; i++) {
    const { header, summary } = listedRun(i);
    const run = { ...summary, ...header, labels: JSON.stringify(header.labels), model: summary.models[0] };
    run.leverage = summary.leverage?.value;
    run.summary = JSON.stringify(summary);
    rows.push([...COLUMNS, ...NUMBERS].map((column) => cell(run[column])).join(','));
  }
  writeFileSync(csv, rows.join('\n'));
  const columns = [...COLUMNS.map((name) => `${name} TEXT`), ...NUMBERS.map((name) => `${name} REAL`)].join(
    ', ',
  );
  const asked = QUESTIONS.map(
    ([, where, order]) =>
      `SELECT summary FROM runs WHERE ${where} ORDER BY ${order} LIMIT ${PAGE};\nSELECT count(*) FROM runs WHERE ${where};`,
  ).join('\n');
  const script = `CREATE TABLE runs (${columns});
CREATE INDEX runs_by_start ON runs (startUs);
.import --csv ${csv} runs
.output /dev/null
${asked}
.output stdout
.mode list
.timer on
.headers off
${`${asked}\n`.repeat(ROUNDS)}`;
  const { stdout } = spawnSync('sqlite3', [join(folder, 'runs.sqlite')], {
    input: script,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const times = [...stdout.matchAll(/Run Time: real ([\d.]+)/g)].map(([, seconds]) => Number(seconds) * 1000);
  // Rows and their number together are one question.
  const questions = times.flatMap((ms, i) => (i % 2 === 0 ? [ms + times[i + 1]] : []));
  if (questions.length !== QUESTIONS.length * ROUNDS)
    throw new Error(`sqlite3 answered ${questions.length} questions`);
  return quantile(questions, 0.95);
}

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TraceRecord } from '../model/record.ts';

const trace = resolve(import.meta.dirname, '../..');
let home: string;

/** A program of its own, with the recorder as it is published, in a process of its own. */
type Ended = {
  code: number | null;
  signal: string | null;
  said: string[];
  errors: string;
  runs: string;
  records: TraceRecord[];
};

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'tacho-crash-'));
  try {
    const tsc = resolve(trace, '../../node_modules/.bin/tsc');
    execFileSync(tsc, ['-p', join(trace, 'tsconfig.build.json'), '--outDir', join(home, 'dist')], {
      stdio: 'pipe',
      shell: process.platform === 'win32',
    });
  } catch {
    // Emitted all the same; types are another test's business.
  }
  writeFileSync(join(home, 'package.json'), '{"type":"module"}');
}, 120_000);

afterAll(() => rmSync(home, { recursive: true, force: true }));

let programs = 0;

/** Runs the program. Once it has said `ready` it may be killed. */
async function run(
  source: string,
  onReady?: (kill: (signal: NodeJS.Signals) => void) => void,
): Promise<Ended> {
  const number = ++programs;
  const file = join(home, `program-${number}.mjs`);
  const runs = join(home, `runs-${number}`);
  writeFileSync(
    file,
    `import { RunTrace } from './dist/index.js';
     import { writeSync } from 'node:fs';
     const say = (text) => writeSync(1, text + '\\n');
     const trace = new RunTrace({ task: 'crash', dir: ${JSON.stringify(runs)}, url: false });
     ${source}`,
  );
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let errors = '';
  child.stdout.on('data', (piece: Buffer) => {
    const wasReady = said.includes('ready\n');
    said += piece.toString();
    if (!wasReady && said.includes('ready\n')) onReady?.((signal) => child.kill(signal));
  });
  child.stderr.on('data', (piece: Buffer) => {
    errors += piece.toString();
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((done) => {
    child.on('close', (exitCode, exitSignal) => done([exitCode, exitSignal]));
  });
  return {
    code,
    signal,
    said: said.split('\n').slice(0, -1),
    errors,
    runs,
    records: recordsIn(runs),
  };
}

function recordsIn(runs: string): TraceRecord[] {
  try {
    return readFileSync(join(runs, 'latest', 'telemetry.jsonl'), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as TraceRecord);
  } catch {
    return [];
  }
}

const started = (records: readonly TraceRecord[]): string[] =>
  records.flatMap((record) => (record.event === 'span_start' ? [record.span_id] : []));
const endOf = (records: readonly TraceRecord[]): TraceRecord | undefined =>
  records.find((record) => record.event === 'run_end');

/**
 * Starts and ends spans in turns of every sort. At the beginning of each turn it reports the ids of the spans started in
 * earlier ones: what it reported must be on disk, whenever it dies.
 */
const BUSY = `
  let earlier = [], now = [];
  const turn = () => { if (now.length > 0) { say(now.join(' ')); now = []; } };
  const open = [];
  const work = (n) => {
    turn();
    const span = trace.start('work ' + n, { kind: 'agent', attributes: { n } });
    now.push(span.id);
    open.push(span);
    Promise.resolve().then(() => Promise.resolve()).then(() => {
      const child = span.start('late in the turn', { inputs: 'x'.repeat(n % 7 * 20000) });
      now.push(child.id);
      if (n % 2) child.end();
    });
    if (open.length > 5) open.shift().end();
    if (n % 3 === 0) setImmediate(work, n + 1); else if (n % 3 === 1) setTimeout(work, 1, n + 1); else import('node:fs').then((fs) => fs.stat('.', () => work(n + 1)));
  };
  say('ready');
  setImmediate(work, 1);
`;

describe('killed by SIGKILL', () => {
  test('at 50 random moments: every span of an earlier turn is on disk', async () => {
    let reported = 0;
    const dieOnce = async (): Promise<void> => {
      const { said, signal, records } = await run(BUSY, (kill) => {
        setTimeout(() => kill('SIGKILL'), Math.random() * 150);
      });
      expect(signal).toBe('SIGKILL');
      const ids = said.filter((line) => line !== 'ready').flatMap((line) => line.split(' '));
      reported += ids.length;
      const onDisk = new Set(started(records));
      expect(ids.filter((id) => !onDisk.has(id))).toEqual([]);
      if (said.includes('ready') && ids.length > 0) expect(records[0]?.event).toBe('run_start');
    };
    for (let batch = 0; batch < 10; batch++) await Promise.all(Array.from({ length: 5 }, dieOnce));
    expect(reported).toBeGreaterThan(200);
  }, 120_000);
});

describe('ended by a signal that the program does not handle', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s still kills it, and nothing recorded is missing',
    async (signal) => {
      const ended = await run(
        `trace.start('open'); trace.start('closed').end();
       setImmediate(() => process.kill(process.pid, '${signal}'));
       setInterval(() => {}, 1000);`,
      );
      expect(ended.signal).toBe(signal);
      expect(ended.records.map(({ event }) => event)).toEqual([
        'run_start',
        'span_start',
        'span_start',
        'span_end',
      ]);
    },
  );
});

describe('in the middle of a turn', () => {
  test('process.exit flushes, and says that the run was cut off', async () => {
    const { code, records, runs } = await run(
      `trace.start('open'); trace.start('done').end(); process.exit(3);`,
    );
    expect(code).toBe(3);
    expect(started(records)).toHaveLength(2);
    expect(endOf(records)).toMatchObject({ status: 'interrupted', attributes: { exit_code: 3 } });
    expect(readdirSync(join(runs, 'latest')).sort()).toEqual([
      'run_summary.json',
      'telemetry.jsonl',
      'trace.json',
    ]);
  });

  test('an uncaught error flushes, and is the error of the run; the program dies of it as ever', async () => {
    const { code, errors, records } = await run(
      `trace.start('open'); setTimeout(() => { trace.start('last'); throw new RangeError('too far'); }, 5);`,
    );
    expect(code).toBe(1);
    expect(errors).toContain('RangeError: too far');
    expect(started(records)).toHaveLength(2);
    expect(endOf(records)).toMatchObject({
      status: 'error',
      error: { type: 'RangeError', message: 'too far' },
    });
  });

  test('an unhandled rejection likewise', async () => {
    const { code, records } = await run(
      `trace.start('open'); Promise.reject(new TypeError('nobody waits')); trace.start('after');`,
    );
    expect(code).toBe(1);
    expect(started(records)).toHaveLength(2);
    expect(endOf(records)).toMatchObject({ status: 'error', error: { type: 'TypeError' } });
  });

  test('an error that the host catches does not end the run', async () => {
    const { code, records } = await run(
      `process.on('uncaughtException', () => setTimeout(() => trace.end(), 5)); trace.start('open').end(); setTimeout(() => { throw new Error('caught'); }, 5);`,
    );
    expect(code).toBe(0);
    expect(endOf(records)).toMatchObject({ status: 'ok' });
  });

  test('a program that forgets to end its run is ended ok', async () => {
    const { code, records } = await run(`trace.span('work', () => 1);`);
    expect(code).toBe(0);
    expect(endOf(records)).toMatchObject({ status: 'ok', attributes: { exit_code: 0 } });
  });
});

test('a server that swallows everything does not keep a process alive that does not wait for it', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { code, said } = await run(
    `const second = new RunTrace({ task: 'second', dir: false, url: 'http://127.0.0.1:${port}' });
     second.start('open').end();
     second.end();
     trace.end();
     setTimeout(() => say('still here'), 4000).unref();`,
  );
  server.close();
  expect(code).toBe(0);
  expect(said).toEqual([]);
});

test('awaiting the end of a run whose server is away ends, and with the exit code of the program', async () => {
  const { code, errors, said } = await run(
    `const second = new RunTrace({ task: 'second', dir: false, url: 'http://127.0.0.1:9' });
     second.start('open').end();
     await second.end();
     say('over');`,
  );
  expect(code).toBe(0);
  expect(said).toEqual(['over']);
  expect(errors).toContain('have not reached http://127.0.0.1:9');
}, 30_000);

test('two processes that start the same run in the same second have a folder each', async () => {
  const source = `trace.span('work', () => 1); say(trace.runId); await trace.end();`;
  const same = (): string => join(home, 'shared');
  const program = (n: number): string => {
    const file = join(home, `twin-${n}.mjs`);
    writeFileSync(
      file,
      `import { RunTrace } from './dist/index.js';
       const say = console.log;
       const trace = new RunTrace({ task: 'twin', runId: 'twin', dir: ${JSON.stringify(same())} }); ${source}`,
    );
    return file;
  };
  const ids = [1, 2, 3].map((n) =>
    execFileSync(process.execPath, [program(n)])
      .toString()
      .trim(),
  );
  expect(new Set(ids)).toEqual(new Set(['twin', 'twin-2', 'twin-3']));
  expect(readFileSync(join(same(), 'runs.jsonl'), 'utf8').split('\n').slice(0, -1)).toHaveLength(3);
});

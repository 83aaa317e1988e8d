import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Health, RunList } from '../../packages/trace/src/wire/runs.ts';
import { json, type Served, serve, until } from '../server-process.ts';
import { post, tacho } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacho-full-'));
const disk = join(folder, 'disk');
mkdirSync(disk);
const mount = (...options: string[]): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', ...options, 'tmpfs', disk]).status === 0;
const unmount = (): boolean => spawnSync('umount', [disk]).status === 0;

const MOUNTABLE = process.platform === 'linux' && mount('-o', 'size=1m') && unmount();
if (!MOUNTABLE) console.warn('No file system can be mounted here: full disks are not tested.');

/** Fills the disk but for `left` bytes. */
function fill(left: number): void {
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(join(disk, 'ballast'), Buffer.alloc(Math.max(0, bavail * bsize - left)));
}
const free = (): void => rmSync(join(disk, 'ballast'));

const runRecords = (runId: string, spans: number, text: () => string): object[] => [
  { event: 'run_start', run_id: runId, ts: 1.7e9 },
  ...Array.from({ length: spans }, (_, i) => ({
    event: 'span',
    run_id: runId,
    span_id: `s${i}`,
    ts: 1.7e9 + i,
    duration_ms: 5,
    inputs: { text: text() },
  })),
  { event: 'run_end', run_id: runId, ts: 1.7e9 + spans, status: 'ok' },
];

describe.runIf(MOUNTABLE)('on a disk that is full', () => {
  let served: Served | undefined;
  afterEach(async () => {
    await served?.kill();
    served = undefined;
    unmount();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** The engine fails in two ways: when the log cannot grow, and, for good, when the log cannot be folded in. */
  test.each([
    { how: 'a commit does not fit', size: '24m', spans: 20 },
    { how: 'the log cannot be folded in', size: '64m', spans: 2000 },
  ])(
    'the server says so, keeps what it acknowledged and recovers by itself: $how',
    async ({ size, spans }) => {
      expect(mount('-o', `size=${size}`)).toBe(true);
      const logs = join(folder, `logs-${spans}`);
      const log = join(logs, 'watched', 'telemetry.jsonl');
      mkdirSync(join(logs, 'watched'), { recursive: true });
      served = await serve({ home: disk, watch: logs });
      const { url } = served;
      const noise = (): string => randomBytes(300).toString('base64');
      fill(spans > 1000 ? 36e6 : 3e6);

      const acknowledged: string[] = [];
      let refused: Response | undefined;
      for (let i = 0; i < 400 && !refused; i++) {
        const answer = await post(url, runRecords(`run-${i}`, spans, noise));
        if (answer.ok) acknowledged.push(`run-${i}`);
        else refused = answer;
      }
      expect(refused?.status).toBe(503);
      expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(await refused?.json()).toMatchObject({
        error: { code: 'storage', message: expect.stringMatching(/No space left/) },
      });
      const { problem } = await json<Health>(`${url}/api/health`);
      expect(problem).toMatch(/No space left/);
      // Reading goes on.
      expect((await json<RunList>(`${url}/api/runs?limit=1`)).total).toBeGreaterThanOrEqual(
        acknowledged.length,
      );

      const watched = runRecords('watched', 500, noise).map((record) => `${JSON.stringify(record)}\n`);
      appendFileSync(log, watched.slice(0, 300).join(''));
      await new Promise((wake) => setTimeout(wake, 500));
      appendFileSync(log, watched.slice(300).join(''));
      expect((await post(url, runRecords('not-now', spans, noise))).status).toBe(503);

      free();
      await until(async () => (await json<Health>(`${url}/api/health`)).problem === undefined);
      expect((await post(url, runRecords('afterwards', spans, noise))).status).toBe(200);
      await until(
        async () =>
          (await fetch(`${url}/api/runs/watched`)).ok &&
          (await json<{ spans: number }>(`${url}/api/runs/watched`)).spans === 500,
      );
      const told = served.output().match(/cannot be used just now/g);
      expect(told).toHaveLength(1);
      if (spans < 1000) await until(async () => served?.output().includes('can be written again'));

      await served.kill();
      served = await serve({ home: disk, watch: logs });
      for (const runId of [...acknowledged, 'afterwards', 'watched']) {
        const { runs } = await json<RunList>(`${served.url}/api/runs?search=${runId}&limit=1000`);
        const run = runs.find((each) => each.runId === runId);
        expect(run?.spans, runId).toBe(runId === 'watched' ? 500 : spans);
      }
    },
    120_000,
  );

  test('a folder that cannot be written is a sentence and exit code 4', async () => {
    expect(mount('-o', 'size=1m,ro')).toBe(true);
    for (const argv of [['runs'], ['import', '-'], ['serve', '--port', '0', '--no-open']]) {
      const { code, out, err } = await tacho(argv, { home: join(disk, 'home') });
      expect([argv[0], code, out]).toEqual([argv[0], 4, '']);
      expect(err).toMatch(/read-only/i);
      expect(err.split('\n')).toHaveLength(2);
    }
  });

  test('a recorded program goes on, and says once what is wrong', async () => {
    expect(mount('-o', 'size=64k')).toBe(true);
    const module = pathToFileURL(join(import.meta.dirname, '../../packages/trace/dist/index.js')).href;
    const source = `
      import { RunTrace } from '${module}';
      const trace = new RunTrace({ task: 'fill it', dir: '${join(disk, 'logs')}' });
      for (let i = 0; i < 200; i++) {
        await trace.span('step ' + i, { inputs: 'x'.repeat(1000) }, async () => new Promise(setImmediate));
      }
      await trace.end();
      console.log('the program went on to its end');`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], {
      encoding: 'utf8',
    });
    expect([status, stdout.trim()]).toEqual([0, 'the program went on to its end']);
    expect(stderr.match(/cannot be written \(ENOSPC\)/g)).toHaveLength(1);
    expect(stderr.match(/records of .* are lost/g)).toHaveLength(1);
  });
});

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Accounting,
  accountingFor,
  type Ending,
  exitCodeOf,
  type MeasuredCommand,
  startMeasured,
} from './measured-process.ts';

const LINUX = process.platform === 'linux';
const POSIX = process.platform !== 'win32';
/** GNU time measures the very same execution, from inside. */
const GNU_TIME = LINUX && existsSync('/usr/bin/time');
if (!GNU_TIME) console.warn('There is no GNU time at /usr/bin/time: figures are not compared with it.');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-measured-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Argv = [string, ...string[]];
const node = (source: string): Argv => [process.execPath, '-e', source];
const shell = (source: string): Argv => ['sh', '-c', source];
/** Uses the processor until it has used this much of it, in `ms`. Asks seldom: asking is work of the kernel. */
const BURN =
  'const used=()=>{const {user,system}=process.cpuUsage();return (user+system)/1000};while(used()<ms)for(let i=0;i<1e6;i++);';
const burn = (ms: number): string => `{const ms=${ms};${BURN}}`;
/** Starts children that burn, and waits for them. */
const parentOf = (...ms: number[]): Argv =>
  node(
    `const {spawn}=require('child_process');for(const ms of ${JSON.stringify(ms)})spawn(process.execPath,['-e','const ms='+ms+';${BURN}']);${burn(100)}`,
  );
const totalS = (ending: Pick<Ending, 'cpuUserS' | 'cpuSystemS'>): number =>
  (ending.cpuUserS ?? 0) + (ending.cpuSystemS ?? 0);

/** Resolves when nobody has this number, or is in this group. What nobody collects stays a while. */
async function untilGone(pid: number): Promise<void> {
  const exists = (): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  while (exists()) await sleep(20);
}

function start(argv: Argv, accounting: Accounting, more: Partial<MeasuredCommand> = {}) {
  return startMeasured(
    { argv, env: process.env, stdio: ['ignore', 'ignore', 'ignore'], ...more },
    accounting,
  );
}

let reports = 0;
/** The command under GNU time, and what GNU time said. */
async function timed(argv: Argv, accounting: Accounting): Promise<{ ours: Ending; theirs: number[] }> {
  const report = join(folder, `time-${++reports}`);
  const ours = await start(['/usr/bin/time', '-f', '%U %S %M', '-o', report, ...argv], accounting).ended;
  const theirs = readFileSync(report, 'utf8').trim().split('\n').at(-1)!.split(' ').map(Number);
  return { ours, theirs };
}

/** Within 5 % or 30 ms of what GNU time said. */
function expectSameTime(ours: Ending, [userS, systemS]: number[]): void {
  const total = userS! + systemS!;
  expect(Math.abs(totalS(ours) - total)).toBeLessThanOrEqual(Math.max(0.03, total * 0.05));
  expect(Math.abs(ours.cpuUserS! - userS!)).toBeLessThanOrEqual(Math.max(0.03, userS! * 0.05));
}

const WAYS = (['children', 'shell'] as const).filter((way) => (way === 'children' ? LINUX : POSIX));

describe.each(WAYS)('time by way of %s', (way) => {
  test.runIf(GNU_TIME)('agrees with GNU time for a program whose children burn', async () => {
    const { ours, theirs } = await timed(parentOf(700, 400), way);
    expectSameTime(ours, theirs);
    expect(theirs[0]! + theirs[1]!).toBeGreaterThan(1);
  });

  test.runIf(GNU_TIME)(
    'agrees with GNU time for children of children, and for work in the kernel',
    async () => {
      const deep = `${process.execPath} -e '${burn(200)}' & sh -c "${process.execPath} -e '${burn(150)}'; head -c 300000000 /dev/zero > /dev/null"; wait`;
      const { ours, theirs } = await timed(shell(deep), way);
      expectSameTime(ours, theirs);
    },
  );

  test.each([
    [0, 'exit 0'],
    [3, 'exit 3'],
    [255, 'exit 255'],
  ])('exit code %d', async (code, source) => {
    const ending = await start(shell(source), way).ended;
    expect(ending).toMatchObject({ exitCode: code, signal: null });
    expect(exitCodeOf(ending)).toBe(code);
  });

  test.each(['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGSEGV'] as const)('ended by %s', async (signal) => {
    const ending = await start(shell(`kill -${signal.slice(3)} $$`), way).ended;
    expect(ending).toMatchObject({ exitCode: null, signal });
    expect(exitCodeOf(ending)).toBe({ SIGKILL: 137, SIGTERM: 143, SIGINT: 130, SIGSEGV: 139 }[signal]);
  });

  test('a signal reaches the command, which keeps its own answer, and its time is known', async () => {
    const source = `process.on('SIGTERM',()=>{${burn(250)};process.exit(7)});process.stdout.write('ready');setInterval(()=>{},1000)`;
    const running = start(node(source), way, { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise((resolve) => running.child.stdout!.once('data', resolve));
    running.kill('SIGTERM');
    const ending = await running.ended;
    expect(ending).toMatchObject({ exitCode: 7, signal: null });
    expect(totalS(ending)).toBeGreaterThan(0.2);
  });

  test('SIGKILL to a group of its own ends all of it, and what it used is known', async () => {
    const source = `require('child_process').spawn('sleep',['1000'],{stdio:'ignore'});${burn(250)};process.stdout.write('ready');setInterval(()=>{},1000)`;
    const running = start(node(source), way, { stdio: ['ignore', 'pipe', 'ignore'], ownGroup: true });
    await new Promise((resolve) => running.child.stdout!.once('data', resolve));
    running.kill('SIGKILL');
    const ending = await running.ended;
    expect(ending).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
    expect(totalS(ending)).toBeGreaterThan(0.2);
    await untilGone(-running.child.pid!);
  });

  test('arguments arrive as they are', async () => {
    const odd = ['', ' ', '$HOME', "'", '"', '*', '--', '-n', 'a\nb', '\\', 'ü', 'FOO=bar'];
    const running = start(
      [process.execPath, '-e', 'process.stdout.write(JSON.stringify(process.argv.slice(1)))', '--', ...odd],
      way,
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    let text = '';
    running.child.stdout!.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
    await new Promise((resolve) => running.child.once('close', resolve));
    expect(JSON.parse(text)).toEqual(odd);
  });

  test('the shell between says nothing, and the command has no descriptor too many', async () => {
    const said = async (accounting: Accounting): Promise<string> => {
      const running = start(shell('ls /dev/fd/ >&2; kill -KILL $$'), accounting, {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let text = '';
      for (const stream of [running.child.stdout!, running.child.stderr!])
        stream.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
      await new Promise((resolve) => running.child.once('close', resolve));
      return text;
    };
    expect(await said(way)).toBe(await said('none'));
  });
});

describe.runIf(GNU_TIME)('side by side', () => {
  test('each command has its own time', async () => {
    const both = await Promise.all([timed(parentOf(1_200), 'shell'), timed(parentOf(300, 300), 'shell')]);
    for (const { ours, theirs } of both) expectSameTime(ours, theirs);
    expect(totalS(both[0].ours)).toBeGreaterThan(totalS(both[1].ours) + 0.2);
  });

  test('a shell that was killed leaves what the looks saw', async () => {
    const running = start(
      node(`${burn(300)};process.stdout.write('ready');setInterval(()=>{},1000)`),
      'shell',
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    await new Promise((resolve) => running.child.stdout!.once('data', resolve));
    while (totalS(running.used()) < 0.25) await sleep(20);
    const pid = running.pid!;
    running.child.kill('SIGKILL');
    const ending = await running.ended;
    process.kill(pid, 'SIGKILL');
    expect(totalS(ending)).toBeGreaterThan(0.2);
  });
});

describe.runIf(GNU_TIME)('memory', () => {
  test('the largest process is what GNU time says, and the tree holds more', async () => {
    const seen = join(folder, 'seen');
    const report = join(folder, 'memory');
    const hold = `const b=Buffer.alloc(150e6,1);setInterval(()=>{if(require('fs').existsSync('${seen}'))process.exit()},50)`;
    const source = `for(let i=0;i<2;i++)require('child_process').spawn(process.execPath,['-e',${JSON.stringify(hold)}])`;
    const running = start(['/usr/bin/time', '-f', '%M', '-o', report, ...node(source)], 'children');
    while ((running.used().peakTreeRssBytes ?? 0) < 300e6) await sleep(20);
    // There is a look at least once a second: after that much, one has seen them at their largest.
    await sleep(1_500);
    writeFileSync(seen, '');
    const ours = await running.ended;
    const theirsBytes = Number(readFileSync(report, 'utf8')) * 1024;
    expect(Math.abs(ours.maxRssBytes! - theirsBytes)).toBeLessThan(theirsBytes * 0.05);
    expect(ours.peakTreeRssBytes!).toBeGreaterThan(theirsBytes * 1.8);
  });
});

describe.runIf(GNU_TIME).each(WAYS)('memory by way of %s', (way) => {
  /** The largest process as GNU time has it, of an execution of its own. */
  async function peakOf(argv: Argv): Promise<number> {
    const report = join(folder, `peak-${++reports}`);
    await start(['/usr/bin/time', '-f', '%M', '-o', report, ...argv], 'none').ended;
    return Number(readFileSync(report, 'utf8')) * 1024;
  }

  test('of a command that is over before it can be looked at is unknown, and never what its start was', async () => {
    const theirs = await peakOf(shell('true'));
    for (let time = 0; time < 20; time++) {
      const { maxRssBytes } = await start(shell('true'), way).ended;
      if (maxRssBytes !== null) expect(maxRssBytes).toBeGreaterThan(theirs * 0.75);
    }
  });

  test('that is taken just before the end is seen, or unknown', async () => {
    const source = 'setTimeout(()=>Buffer.alloc(300e6,1),1500)';
    const theirs = await peakOf(node(source));
    expect(theirs).toBeGreaterThan(300e6);
    const { maxRssBytes } = await start(node(source), way).ended;
    if (maxRssBytes !== null) expect(maxRssBytes).toBeGreaterThan(theirs * 0.85);
  });

  test('of a command that does nothing any more is known', async () => {
    const ending = await start(node('setTimeout(()=>{},1000)'), way).ended;
    expect(ending.maxRssBytes).toBeGreaterThan(20e6);
    expect(ending.peakTreeRssBytes).toBeGreaterThan(20e6);
  });
});

describe.runIf(LINUX)('processes left behind', () => {
  test('what they used counts as far as it was seen, and that they still run is told', async () => {
    const burnForever = `setTimeout(()=>process.exit(),20000);setInterval(()=>{const until=Date.now()+5;while(Date.now()<until);},6)`;
    const pidFile = join(folder, 'daemon');
    const enough = join(folder, 'enough');
    // Its parent waits a moment before it leaves it behind: what is left at once is never seen.
    const source = `(setsid ${process.execPath} -e '${burnForever}' & echo $! > ${pidFile}; sleep 0.5); while [ ! -e ${enough} ]; do sleep 0.1; done`;
    const running = start(shell(source), 'children');
    while (totalS(running.used()) < 0.8) await sleep(20);
    writeFileSync(enough, '');
    const ending = await running.ended;
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
    expect(ending).toMatchObject({ exitCode: 0, leftRunning: 1 });
    expect(totalS(ending)).toBeGreaterThan(0.7);
  });

  test('so does what their children used, and what was told before is never more than the end says', async () => {
    const pidFile = join(folder, 'daemon-children');
    const enough = join(folder, 'daemon-enough');
    const burner = `process.on('disconnect',()=>process.exit());const until=()=>{const end=Date.now()+5;while(Date.now()<end);};setInterval(until,6);setTimeout(()=>process.exit(),20000)`;
    const parent = `require('child_process').spawn(process.execPath,['-e',${JSON.stringify(burner)}],{stdio:['ignore','ignore','ignore','ipc']})`;
    const script = join(folder, 'daemon.cjs');
    writeFileSync(script, parent);
    const source = `(setsid ${process.execPath} ${script} & echo $! > ${pidFile}; sleep 0.5); while [ ! -e ${enough} ]; do sleep 0.1; done`;
    const running = start(shell(source), 'children');
    while (totalS(running.used()) < 1) await sleep(20);
    const before = totalS(running.used());
    writeFileSync(enough, '');
    const ending = await running.ended;
    // Its child ends with it.
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
    expect(ending).toMatchObject({ exitCode: 0, leftRunning: 2 });
    expect(totalS(ending)).toBeGreaterThanOrEqual(before - 0.05);
  });
});

describe('what cannot be had', () => {
  test('is null, never 0', async () => {
    const ending = await start(node(burn(50)), 'none').ended;
    expect(ending).toMatchObject({
      exitCode: 0,
      cpuUserS: null,
      cpuSystemS: null,
      maxRssBytes: null,
      peakTreeRssBytes: null,
    });
    expect(ending.wallS).toBeGreaterThan(0);
  });

  test('a program that does not exist is an error with its code', async () => {
    await expect(start(['/no/such/program'], 'children').ended).rejects.toMatchObject({ code: 'ENOENT' });
  });

  test('each platform has its way', () => {
    expect(accountingFor('linux', true)).toBe('children');
    expect(accountingFor('linux', false)).toBe('shell');
    expect(accountingFor('darwin', true)).toBe('shell');
    expect(accountingFor('win32', true)).toBe('none');
  });
});

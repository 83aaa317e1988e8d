import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TraceRecord } from '@tacho/trace/model/record';
import { afterAll, describe } from 'vitest';

const client = resolve(import.meta.dirname, '../../clients/python');

/** The machine's Python, where it is one that the client supports. */
const version = ((): string | undefined => {
  try {
    const said = execFileSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    const [major, minor] = said.split('.').map(Number);
    return major === 3 && minor! >= 8 ? said : undefined;
  } catch {
    return undefined;
  }
})();
if (version === undefined)
  console.log('python3 (3.8 or later) is missing here: the Python client is not tested.');

/** Like `describe`, where there is a Python. */
export const withPython = describe.skipIf(version === undefined);

export type Ended = {
  code: number | null;
  signal: string | null;
  said: string[];
  errors: string;
  /** Folder of the runs. */
  runs: string;
  /** Records of the newest run. */
  records: TraceRecord[];
};
export type Running = {
  env?: Record<string, string>;
  /** Once it has said `ready` it may be killed. */
  onReady?: (kill: (signal: NodeJS.Signals) => void) => void;
};

export const home = mkdtempSync(join(tmpdir(), 'tacho-python-'));
/** Process groups of programs that have not ended. */
const groups = new Set<number>();
afterAll(() => {
  // A test that failed by its time limit leaves its program behind.
  for (const group of groups) {
    try {
      process.kill(-group, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
  rmSync(home, { recursive: true, force: true });
});

let programs = 0;

/** Runs a Python program in a process of its own; warnings are errors, runs go to a folder of its own. */
export async function python(source: string, { env = {}, onReady }: Running = {}): Promise<Ended> {
  const number = ++programs;
  const file = join(home, `program_${number}.py`);
  const runs = join(home, `runs-${number}`);
  writeFileSync(file, source);
  const child = spawn('python3', ['-W', 'error', '-B', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: home,
    // A group of its own: killing it takes its children along.
    detached: true,
    env: {
      PATH: process.env.PATH ?? '',
      PYTHONPATH: client,
      PYTHONIOENCODING: 'utf-8',
      TACHO_DIR: runs,
      ...env,
    },
  });
  const group = child.pid!;
  groups.add(group);
  let said = '';
  let errors = '';
  child.stdout.on('data', (piece: Buffer) => {
    const wasReady = said.includes('ready\n');
    said += piece.toString();
    if (!wasReady && said.includes('ready\n')) onReady?.((signal) => process.kill(-group, signal));
  });
  child.stderr.on('data', (piece: Buffer) => {
    errors += piece.toString();
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((done) => {
    child.on('close', (exitCode, exitSignal) => done([exitCode, exitSignal]));
  });
  groups.delete(group);
  return {
    code,
    signal,
    said: said.split('\n').slice(0, -1),
    errors,
    runs,
    records: recordsIn(join(runs, 'latest')),
  };
}

/** The stream of a run; a line that was torn off is not among it. */
export function recordsIn(folder: string): TraceRecord[] {
  try {
    return readFileSync(join(folder, 'telemetry.jsonl'), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as TraceRecord);
  } catch {
    return [];
  }
}

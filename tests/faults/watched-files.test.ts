import { once } from 'node:events';
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import type { RunList } from '../../packages/trace/src/wire/runs.ts';
import { json, type Served, serve, until } from '../server-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacho-watched-'));
let logs: string;
let home: string;
let served: Served | undefined;
let round = 0;
beforeEach(() => {
  logs = join(folder, `logs-${++round}`);
  home = join(folder, `home-${round}`);
  mkdirSync(logs);
});
afterEach(async () => {
  await served?.kill();
  served = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One finished span; its text makes lines of different runs equally long. */
const line = (runId: string, no: number): string =>
  `${JSON.stringify({ event: 'span', run_id: runId, span_id: `s${String(no).padStart(4, '0')}`, ts: 1.7e9 + no, duration_ms: 5, name: `step ${no % 10}` })}\n`;
const lines = (runId: string, from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => line(runId, from + i)).join('');

async function start(): Promise<void> {
  served = await serve({ home, watch: logs });
}
async function stop(how: NodeJS.Signals): Promise<void> {
  const ended = once(served!.process, 'exit');
  served!.process.kill(how);
  await ended;
}

/** Spans of every run, once they are as expected; fails with what there was instead. */
async function expectSpans(expected: Record<string, number>): Promise<void> {
  let found: Record<string, number> = {};
  const same = (): boolean => {
    const keys = new Set([...Object.keys(found), ...Object.keys(expected)]);
    return [...keys].every((key) => found[key] === expected[key]);
  };
  await until(async () => {
    const { runs } = await json<RunList>(`${served!.url}/api/runs?limit=1000`);
    found = Object.fromEntries(runs.map((run) => [run.runId, run.spans]));
    return same();
  }, 20_000).catch(() => {});
  expect(found).toEqual(expected);
  // Read once more by a notification that comes late, it would be there twice: the ids say no.
  for (const [runId, spans] of Object.entries(expected)) {
    const text = await (await fetch(`${served!.url}/api/runs/${runId}/export?format=telemetry`)).text();
    const ids = [...text.matchAll(/"event":"span".*?"span_id":"([^"]+)"/g)].map(([, id]) => id);
    expect([runId, ids.length, new Set(ids).size]).toEqual([runId, spans, spans]);
  }
}

type Change = { name: string; before: () => void; during: () => void; expected: Record<string, number> };

const at = (name: string): string => join(logs, name);
const CHANGES: Change[] = [
  {
    name: 'appended to, in the middle of a line',
    before: () => writeFileSync(at('a.jsonl'), lines('one', 0, 50) + line('one', 50).slice(0, 30)),
    during: () => appendFileSync(at('a.jsonl'), line('one', 50).slice(30) + lines('one', 51, 80)),
    expected: { one: 80 },
  },
  {
    name: 'rotated: renamed, and a new one in its place',
    before: () => writeFileSync(at('a.jsonl'), lines('one', 0, 50)),
    during: () => {
      appendFileSync(at('a.jsonl'), lines('one', 50, 60));
      renameSync(at('a.jsonl'), at('a.1.jsonl'));
      writeFileSync(at('a.jsonl'), lines('one', 60, 75) + lines('two', 0, 10));
    },
    expected: { one: 75, two: 10 },
  },
  {
    name: 'truncated, and written anew with less',
    before: () => writeFileSync(at('a.jsonl'), lines('one', 0, 50)),
    during: () => {
      truncateSync(at('a.jsonl'), 0);
      appendFileSync(at('a.jsonl'), lines('two', 0, 20));
    },
    expected: { one: 50, two: 20 },
  },
  {
    name: 'overwritten in place with more',
    before: () => writeFileSync(at('a.jsonl'), lines('one', 0, 50)),
    during: () => writeFileSync(at('a.jsonl'), lines('two', 0, 90)),
    expected: { one: 50, two: 90 },
  },
  {
    name: 'replaced by another of the same length',
    before: () => writeFileSync(at('a.jsonl'), lines('one', 0, 50)),
    during: () => {
      writeFileSync(join(folder, 'next'), lines('two', 0, 50));
      renameSync(join(folder, 'next'), at('a.jsonl'));
    },
    expected: { one: 50, two: 50 },
  },
  {
    name: 'overwritten in place with the same length',
    before: () => writeFileSync(at('a.jsonl'), lines('one', 0, 50)),
    during: () => writeFileSync(at('a.jsonl'), lines('two', 0, 50)),
    expected: { one: 50, two: 50 },
  },
  {
    name: 'removed, and made again',
    before: () => writeFileSync(at('a.jsonl'), lines('one', 0, 50)),
    during: () => {
      unlinkSync(at('a.jsonl'));
      writeFileSync(at('a.jsonl'), lines('two', 0, 10));
    },
    expected: { one: 50, two: 10 },
  },
  {
    name: 'known under two names, by a hard link and by a symbolic one',
    before: () => {
      writeFileSync(at('a.jsonl'), lines('one', 0, 50));
      linkSync(at('a.jsonl'), at('b.jsonl'));
      symlinkSync(at('a.jsonl'), at('c.jsonl'));
    },
    during: () => {
      appendFileSync(at('b.jsonl'), lines('one', 50, 60));
      unlinkSync(at('a.jsonl'));
      appendFileSync(at('b.jsonl'), lines('one', 60, 70));
    },
    expected: { one: 70 },
  },
  {
    name: 'copied, and both go on',
    before: () => writeFileSync(at('a.jsonl'), lines('one', 0, 50)),
    during: () => {
      writeFileSync(at('b.jsonl'), readFileSync(at('a.jsonl')));
      appendFileSync(at('b.jsonl'), lines('two', 0, 5));
      appendFileSync(at('a.jsonl'), lines('one', 50, 55));
    },
    expected: { one: 55, two: 5 },
  },
  {
    name: 'moved into a folder that is new',
    before: () => writeFileSync(at('a.jsonl'), lines('one', 0, 50)),
    during: () => {
      mkdirSync(at('old/deep'), { recursive: true });
      renameSync(at('a.jsonl'), at('old/deep/a.jsonl'));
      appendFileSync(at('old/deep/a.jsonl'), lines('one', 50, 60));
    },
    expected: { one: 60 },
  },
  {
    name: 'touched, with nothing new in it',
    before: () => writeFileSync(at('a.jsonl'), lines('one', 0, 50)),
    during: () => utimesSync(at('a.jsonl'), new Date(), new Date(Date.now() + 5000)),
    expected: { one: 50 },
  },
];

test.each(CHANGES)(
  'a watched file that is $name, while the server is up',
  async ({ before, during, expected }) => {
    before();
    await start();
    await until(async () => (await json<RunList>(`${served!.url}/api/runs`)).runs[0]?.spans === 50);
    during();
    await expectSpans(expected);
  },
);

test.each(CHANGES)('… and while it is down: $name', async ({ before, during, expected }) => {
  before();
  await start();
  await until(async () => (await json<RunList>(`${served!.url}/api/runs`)).runs[0]?.spans === 50);
  await stop('SIGKILL');
  during();
  await start();
  await expectSpans(expected);
});

test('a server that is killed again and again while a file grows in pieces loses nothing and doubles nothing', async () => {
  const text = lines('one', 0, 3000);
  let written = 0;
  const writing = (async () => {
    while (written < text.length) {
      const next = Math.min(text.length, written + 1 + Math.floor(Math.random() * 4000));
      appendFileSync(at('a.jsonl'), text.slice(written, next));
      written = next;
      await new Promise((wake) => setTimeout(wake, 20));
    }
  })();
  while (written < text.length) {
    await start();
    await new Promise((wake) => setTimeout(wake, Math.random() * 500));
    await stop('SIGKILL');
  }
  await writing;
  await start();
  await expectSpans({ one: 3000 });
}, 60_000);

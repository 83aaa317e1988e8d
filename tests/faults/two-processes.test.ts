import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, afterEach, expect, test } from 'vitest';
import { type Served, serve } from '../server-process.ts';
import { tacho } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacho-two-'));
const fixtures = join(import.meta.dirname, '../../fixtures/telemetry');
let served: Served | undefined;
afterEach(async () => {
  await served?.kill();
  served = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const record = (fields: object): string => `${JSON.stringify({ ts: 1.7e9, run_id: 'r1', ...fields })}\n`;

test('commands give the same answers through a running server and without one', async () => {
  const alone = join(folder, 'alone');
  const shared = join(folder, 'shared');
  served = await serve({ home: shared });
  const torn = `${record({ event: 'run_start', name: 'torn' })}${record({ event: 'span_start', span_id: 'a' })}no json\n`;
  const commands: { argv: string[]; input?: string }[] = [
    { argv: ['runs', '--json'] },
    { argv: ['import', fixtures, '--json'] },
    { argv: ['import', fixtures, '--json'] },
    { argv: ['import', '-', '--json'], input: torn },
    { argv: ['runs', '--json'] },
    { argv: ['inspect', 'r1', '--json'] },
    { argv: ['inspect', 'nothing-like-it'] },
    { argv: ['inspect', '--all', '--json'] },
    { argv: ['export', 'r1', '--format', 'telemetry'] },
    { argv: ['export', 'r1', '--format', 'chrome-trace'] },
    { argv: ['export', 'r1', '--format', 'nonsense'] },
  ];
  // What depends on the moment, and not on the way.
  const timeless = (text: string): string =>
    text
      .replace(/"(importedAt|duration\w*|\w*Us)": ?("[^"]*"|[-\d.e+]+)/g, '"$1"')
      .replace(/imported_at":"[^"]*"/g, '');
  for (const { argv, input } of commands) {
    const [one, other] = [
      await tacho(argv, { home: alone, ...(input !== undefined && { input }) }),
      await tacho(argv, { home: shared, ...(input !== undefined && { input }) }),
    ];
    expect([argv, other.code, timeless(other.out), other.err]).toEqual([
      argv,
      one.code,
      timeless(one.out),
      one.err,
    ]);
  }
}, 60_000);

test('a second server on the same store says where the first one is, and ends with 4', async () => {
  const home = join(folder, 'twice');
  served = await serve({ home });
  const { code, out, err } = await tacho(['serve', '--port', '0', '--no-open'], { home });
  expect([code, out]).toEqual([4, '']);
  expect(err).toContain(`Tacho is running already: ${served.url} (pid ${served.process.pid}).`);
});

test('a store that is held by a program without a server: its pid, and exit code 4', async () => {
  const home = join(folder, 'held');
  expect((await tacho(['runs'], { home })).code).toBe(0);
  const module = join(import.meta.dirname, '../../packages/app/dist/store/duckdb-store.js');
  const holder = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { openStore } from '${module}'; await openStore('${home}'); console.log('open'); setInterval(() => {}, 1000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(holder.stdout, 'data');
  try {
    for (const argv of [['runs'], ['serve', '--no-open', '--port', '0']]) {
      const { code, out, err } = await tacho(argv, { home });
      expect([argv[0], code, out]).toEqual([argv[0], 4, '']);
      expect(err).toContain(`(pid ${holder.pid})`);
      expect(err).not.toContain('    at ');
    }
  } finally {
    holder.kill('SIGKILL');
  }
}, 30_000);

test('an announcement that is not true any more is not believed', async () => {
  const home = join(folder, 'stale');
  const foreign = createServer((_, answer) => {
    answer.statusCode = 404;
    answer.end('not here');
  }).listen(0, '127.0.0.1');
  const liar = createServer((_, answer) => {
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify({ name: 'tacho', pid: 1, version: '0', watching: [] }));
  }).listen(0, '127.0.0.1');
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  for (const server of [foreign, liar, silent]) if (!server.listening) await once(server, 'listening');
  const portOf = (server: typeof foreign): number => (server.address() as { port: number }).port;
  const gone = spawn(process.execPath, ['-e', '']);
  await once(gone, 'exit');
  mkdirSync(home, { recursive: true });
  const announcements = [
    { pid: gone.pid, url: 'http://127.0.0.1:1' },
    { pid: process.pid, url: `http://127.0.0.1:${portOf(foreign)}` },
    { pid: process.pid, url: `http://127.0.0.1:${portOf(liar)}` },
    { pid: process.pid, url: `http://127.0.0.1:${portOf(silent)}` },
    { pid: process.pid, url: 'no address' },
    { pid: process.pid, url: 'file:///etc/passwd' },
  ];
  try {
    for (const announcement of [...announcements.map((each) => JSON.stringify(each)), '', '{"pid":', '[]']) {
      writeFileSync(join(home, 'server.json'), announcement);
      const { code, out, err } = await tacho(['runs', '--json'], { home });
      expect([announcement, code, JSON.parse(out), err]).toEqual([
        announcement,
        0,
        { runs: [], total: 0 },
        '',
      ]);
    }
  } finally {
    for (const server of [foreign, liar, silent]) {
      server.closeAllConnections();
      server.close();
    }
  }
}, 30_000);

/** Every file of a folder with a digest of its bytes. */
function bytesOf(home: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(home)
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(home, name)))
          .digest('hex'),
      ]),
  );
}

test('a store of another version, a damaged one and a foreign file are refused in a sentence and left as they are', async () => {
  const good = join(folder, 'good');
  expect((await tacho(['import', fixtures], { home: good })).code).toBe(0);
  const store = readFileSync(join(good, 'tacho.duckdb'));

  const other = join(folder, 'other-version');
  cpSync(good, other, { recursive: true });
  const instance = await DuckDBInstance.create(join(other, 'tacho.duckdb'));
  const connection = await instance.connect();
  await connection.run("UPDATE meta SET value = '99' WHERE key = 'schema_version'");
  connection.closeSync();
  instance.closeSync();

  const cases: Record<string, { make(home: string): void; says: RegExp }> = {
    'of another version': {
      make: (home) => cpSync(other, home, { recursive: true }),
      says: /schema version 99; this Tacho reads version \d+\. Use a newer Tacho/,
    },
    'with a broken header': {
      make: (home) => {
        const bytes = Buffer.from(store);
        bytes.fill(0x5a, 0, 64);
        writeFileSync(join(home, 'tacho.duckdb'), bytes);
      },
      says: /damaged, or no store of Tacho/,
    },
    'with broken blocks': {
      make: (home) => {
        const bytes = Buffer.from(store);
        for (let at = 12_288; at < bytes.length; at += 512) bytes[at] = bytes[at]! ^ 0xff;
        writeFileSync(join(home, 'tacho.duckdb'), bytes);
      },
      says: /damaged, or no store of Tacho/,
    },
    'cut short': {
      make: (home) => writeFileSync(join(home, 'tacho.duckdb'), store.subarray(0, 9000)),
      says: /damaged, or no store of Tacho/,
    },
    'of text': {
      make: (home) => writeFileSync(join(home, 'tacho.duckdb'), 'this is my shopping list\n'.repeat(1000)),
      says: /damaged, or no store of Tacho/,
    },
  };
  for (const [name, { make, says }] of Object.entries(cases)) {
    const home = join(folder, name.replaceAll(' ', '-'));
    mkdirSync(home);
    make(home);
    const before = bytesOf(home);
    for (const argv of [
      ['runs', '--json'],
      ['serve', '--no-open', '--port', '0'],
    ]) {
      const { code, out, err } = await tacho(argv, { home });
      expect([name, code, out]).toEqual([name, 4, '']);
      expect(err).toMatch(says);
      expect(err).not.toContain('    at ');
      expect(bytesOf(home)).toEqual(before);
    }
  }
}, 60_000);

test('exit codes, and one JSON document on standard output', async () => {
  const home = join(folder, 'codes');
  const nothing = join(folder, 'nothing-there');
  const prose = join(folder, 'prose.txt');
  writeFileSync(prose, 'The quick brown fox.\n');
  const codes: [code: number, ...argv: string[]][] = [
    [0, '--help'],
    [0, '--version'],
    [0, 'help', 'import'],
    [2, 'no-such-command'],
    [2, 'runs', '--no-such-option'],
    [2, 'runs', '--limit', 'many'],
    [2, 'runs', '--sort', 'colour'],
    [2, 'serve', '--port', '99999'],
    [2, 'import'],
    [2, 'export', '--format', 'nonsense'],
    [2, 'export'],
    [2, 'import', prose, '--format', 'nonsense'],
    [3, 'inspect'],
    [3, 'inspect', 'no-such-run'],
    [3, 'import', nothing],
    [3, 'import', prose],
    [3, 'import', prose, '--json'],
    [0, 'import', fixtures, '--json'],
    [0, 'runs', '--json'],
    [0, 'inspect', '--json'],
    [0, 'inspect', '2', '--json'],
    [0, 'inspect', '--all', '--json'],
    [0, 'export', '--format', 'chrome-trace'],
    [3, 'export', 'no-such-run', '--format', 'telemetry'],
    [4, 'export', '--format', 'telemetry', '-o', join(nothing, 'deeper', 'file.jsonl')],
    [0, 'doctor', '--json'],
  ];
  for (const [code, ...argv] of codes) {
    const ended = await tacho(argv, { home });
    expect([argv, ended.code, ended.err]).toEqual([argv, code, expect.any(String)]);
    expect([argv, ended.err]).toEqual([argv, expect.not.stringContaining('    at ')]);
    if (argv.includes('--json')) expect(() => JSON.parse(ended.out)).not.toThrow();
    else if (code !== 0 && argv[0] !== 'import') expect([argv, ended.out]).toEqual([argv, '']);
    if (code !== 0 && !argv.includes('--json')) expect([argv, ended.err.trim()]).not.toEqual([argv, '']);
  }
}, 60_000);

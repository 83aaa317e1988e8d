import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TestTerminal } from '../../../../tests/terminal.ts';
import { COMMANDS } from './commands.ts';
import { tachoHome } from './home.ts';
import { run } from './main.ts';
import { nearest } from './nearest.ts';
import { hasBrowser } from './open-page.ts';

async function typed(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new TestTerminal();
  const code = await run(argv, terminal);
  return { code, out: terminal.stdout, err: terminal.stderr };
}

test('--help names every command, and --version is a version', async () => {
  const help = await typed('--help');
  expect(help.code).toBe(0);
  expect(help.err).toBe('');
  for (const { name, summary } of COMMANDS) expect(help.out).toContain(`${name.padEnd(14)}  ${summary}`);
  expect((await typed('--version')).out).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
});

test.each(COMMANDS.map(({ name }) => name))(
  '%s --help shows its options and examples, and is what the list says',
  async (name) => {
    const help = await typed(name, '--help');
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toMatch(new RegExp(`^Usage: tacho ${name}`));
    expect(help.out).toMatch(/Examples:\n {2}\$ tacho/);
    expect((await typed('help', name)).out).toBe(help.out);
    const listed = COMMANDS.find((each) => each.name === name)!;
    const command = await listed.load();
    expect({ name: command.name, summary: command.summary }).toEqual({
      name: listed.name,
      summary: listed.summary,
    });
  },
);

test.each([
  ['imprt', 'Did you mean `tacho import`?'],
  ['inspct', 'Did you mean `tacho inspect`?'],
  ['exprt', 'Did you mean `tacho export`?'],
  ['frobnicate', '`tacho --help` lists the commands.'],
])('an unknown command %s is wrong usage, with a way out', async (word, hint) => {
  const { code, out, err } = await typed(word);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toContain(`There is no command "${word}".`);
  expect(err).toContain(hint);
});

test.each([
  [['runs', '--frobnicate'], /unknown option '--frobnicate'/],
  [['runs', '--limt', '3'], /Did you mean --limit\?/],
  [['runs', 'extra'], /too many arguments/],
  [['runs', '--limit', 'many'], /--limit needs a whole number of at least 0, not "many"/],
  [['runs', '--home', ' '], /--home needs a value, and has none/],
  [['report', '--infrastructure', ''], /--infrastructure needs a value, and has none/],
  [['runs', '--min-score', ''], /--min-score needs a number/],
  [['runs', '--sort', 'colour'], /--sort needs one of start, name/],
  [['runs', '--from', 'yesterday'], /--from needs a time like/],
  [['runs', '--label', 'agent'], /--label needs key=value/],
  [['import'], /missing required argument 'paths'/],
  [['import', '--format', 'nope', 'x'], /no format "nope" that can be read/],
  [['export'], /--format NAME/],
  [['export', '--format', 'nope'], /no format "nope" that can be written/],
  [['inspect', 'x', '--all'], /Either a run or --all/],
  [['serve', '--port', '99999'], /--port needs a whole number from 0 to 65535/],
  [['demo', '--speed', 'fast'], /--speed needs a number from 0.01 to 1000/],
])('%j is wrong usage, said in one sentence', async (argv, sentence) => {
  const { code, out, err } = await typed(...argv);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toMatch(sentence);
});

test('the nearest word is one that could have been meant', () => {
  const words = ['serve', 'import', 'runs', 'inspect'];
  expect(nearest('sevre', words)).toBe('serve');
  expect(nearest('run', words)).toBe('runs');
  expect(nearest('zzz', words)).toBeUndefined();
});

test('the store lies where the platform keeps data, unless it is named', () => {
  expect(tachoHome('/x/y', { TACHO_HOME: '/z' }, 'linux', '/home/a')).toBe('/x/y');
  expect(tachoHome(undefined, { TACHO_HOME: '/z' }, 'linux', '/home/a')).toBe('/z');
  expect(tachoHome(undefined, {}, 'linux', '/home/a')).toBe('/home/a/.local/share/tacho');
  expect(tachoHome(undefined, { XDG_DATA_HOME: '/data' }, 'linux', '/home/a')).toBe('/data/tacho');
  expect(tachoHome(undefined, {}, 'darwin', '/Users/a')).toBe('/Users/a/Library/Application Support/Tacho');
  expect(tachoHome(undefined, { LOCALAPPDATA: '/Local' }, 'win32', '/Users/a')).toBe('/Local/Tacho');
});

test('a browser opens only where somebody sits in front of it', () => {
  const there = { interactive: true, env: {} };
  expect(hasBrowser(there, 'darwin')).toBe(true);
  expect(hasBrowser({ ...there, interactive: false }, 'darwin')).toBe(false);
  expect(hasBrowser({ ...there, env: { CI: 'true' } }, 'darwin')).toBe(false);
  expect(hasBrowser({ ...there, env: { SSH_CONNECTION: '1 2 3 4' } }, 'darwin')).toBe(false);
  expect(hasBrowser(there, 'linux')).toBe(false);
});

test('docs/cli.md has every command and option, and no others', async () => {
  const text = readFileSync(new URL('../../../../docs/cli.md', import.meta.url), 'utf8');
  const sections = new Map(
    text
      .split(/^## /m)
      .slice(1)
      .map((section) => [section.split('\n', 1)[0]!, section]),
  );
  expect([...sections.keys()]).toEqual(COMMANDS.map(({ name }) => name));
  for (const { name, load } of COMMANDS) {
    const documented = [...sections.get(name)!.matchAll(/^\| `([^`]*--[^`]+)` /gm)].map(([, flags]) => flags);
    const real = (await load()).options.map(({ flags }) => flags);
    expect(documented.sort(), name).toEqual(real.sort());
  }
});

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../packages/app/src/server/openapi.ts';

const repository = join(import.meta.dirname, '..');
const tacho = join(repository, 'packages/app/bin/tacho.js');
const read = (path: string): string => readFileSync(join(repository, path), 'utf8');
const filesUnder = (folder: string, pattern: RegExp): string[] =>
  readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => pattern.test(file))
    .map((file) => join(folder, file));

const pages = [
  'README.md',
  'ARCHITECTURE.md',
  ...filesUnder('docs', /\.md$/),
  ...filesUnder('packages', /^[^/]+\/README\.md$/),
];
const sources = filesUnder('packages', /^[^/]+\/src\/.*(?<!\.test)\.tsx?$/);

describe('endpoints', () => {
  const documented = [...read('docs/http-api.md').matchAll(/^\| `(GET|POST|DELETE) ([^`]+)`/gm)].map(
    ([, method, path]) => `${method} ${path}`,
  );
  test('the ones that exist are documented, and the reverse', () => {
    expect(documented.sort()).toEqual(
      ENDPOINTS.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort(),
    );
  });
});

test('pages name no endpoint that is none', () => {
  const pattern = (path: string): string => path.replace(/\{[^}]*\}/g, '{}');
  const known = new Set(ENDPOINTS.map(({ method, path }) => `${method.toUpperCase()} ${pattern(path)}`));
  for (const page of pages)
    for (const [, method, path] of read(page).matchAll(/`(GET|POST|DELETE) (\/[^`?\s]*)/g))
      expect(known, `${page} names ${method} ${path}`).toContain(`${method} ${pattern(path!)}`);
});

describe('environment variables', () => {
  const named = (text: string): string[] =>
    [...text.matchAll(/\b(?:TACHO|HARNESS)_[A-Z0-9_]+\b/g)].map(([name]) => name);
  const used = new Set(sources.flatMap((file) => named(read(file))));
  const documented = new Set(named(read('docs/environment.md')));
  test('the ones that are read are documented, and the reverse', () => {
    expect([...documented].sort()).toEqual([...used].sort());
  });
});

describe('commands and options', () => {
  const help = (...args: string[]): string =>
    execFileSync(process.execPath, [tacho, ...args, '--help'], {
      encoding: 'utf8',
      env: { ...process.env, NO_COLOR: '1' },
    });
  const commands = [...help().matchAll(/^ {2}([a-z]+)\b(?! \[command\])/gm)]
    .map(([, name]) => name!)
    .filter((name) => name !== 'help' && name !== 'tacho');
  const page = read('docs/cli.md');
  const sections = new Map(
    page
      .split(/^## /m)
      .map((section) => [/^[a-z]+$/m.exec(section.split('\n', 1)[0]!)?.[0] ?? '', section] as const),
  );
  test('every command has a section, and every section a command', () => {
    expect(commands.length).toBeGreaterThan(6);
    expect([...sections.keys()].filter(Boolean).sort()).toEqual([...commands].sort());
  });
  test.each(commands)('the options of `tacho %s` are documented, and the reverse', (command) => {
    const options = (text: string): string[] =>
      [...new Set([...text.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option))].sort();
    const offered = options(help(command).split(/^Examples?:/m)[0]!);
    expect(options(sections.get(command) ?? '')).toEqual(offered.filter((option) => option !== '--help'));
  });
});

test('links between pages lead somewhere', () => {
  for (const page of pages) {
    for (const [, link] of read(page).matchAll(/\]\((?!https?:)([^)#\s]+)[^)]*\)/g)) {
      expect(existsSync(join(repository, dirname(page), link!)), `${page} links to ${link}`).toBe(true);
    }
  }
});

test('the npm commands of the README exist', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
  const commands = [...read('README.md').matchAll(/^npm (?:run )?([a-z]+)/gm)].map(([, name]) => name!);
  expect(commands).toEqual(expect.arrayContaining(['start', 'test']));
  for (const name of commands) expect(Object.keys(scripts)).toContain(name);
});

/** The README's only block in a language. */
function blockOf(language: string): string {
  const blocks = [
    ...read('README.md').matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm')),
  ];
  expect(blocks).toHaveLength(1);
  return blocks[0]![1]!;
}

const hasPython = spawnSync('python3', ['--version']).status === 0;
if (!hasPython) console.info('There is no python3 here: the README’s Python program is not run.');

test.runIf(hasPython)('the Python program of the README runs and leaves a run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-readme-python-'));
  try {
    const env = {
      ...process.env,
      PYTHONPATH: join(repository, 'clients/python'),
      PYTHONDONTWRITEBYTECODE: '1',
    };
    execFileSync('python3', ['-c', blockOf('python')], { cwd: folder, env });
    const stream = readFileSync(join(folder, 'logs/latest/telemetry.jsonl'), 'utf8');
    expect(stream).toContain('"gpt-5"');
    expect(stream).toContain('"run_end"');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the tacho commands of the README run, one after the other', () => {
  const home = mkdtempSync(join(tmpdir(), 'tacho-readme-'));
  try {
    cpSync(join(repository, 'fixtures/claude-code'), join(home, '.claude/projects'), { recursive: true });
    const lines = [...read('README.md').matchAll(/^npx tacho ([^#\n]+)/gm)].map(([, line]) => line!.trim());
    writeFileSync(join(home, 'recipe.yaml'), blockOf('yaml'));
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      execFileSync(process.execPath, [tacho, ...line.replaceAll('~', home).split(/\s+/)], {
        cwd: home,
        env: { ...process.env, HOME: home, TACHO_HOME: join(home, 'store') },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
    }
    expect(readdirSync(home)).toEqual(expect.arrayContaining(['trace.json', 'clean.txt']));
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}, 60_000);

import { type ShellCommand, shellCommands, subcommandOf } from './shell-commands.ts';
import { isFilter } from './shell-operands.ts';

/**
 * What a shell command is for. `check`: it looks for mistakes without running the program. `other`: nothing that tells
 * (`cd`, `echo`, a program nobody knows).
 */
export type ShellActivity =
  | 'test'
  | 'build'
  | 'check'
  | 'search'
  | 'find'
  | 'read'
  | 'list'
  | 'edit'
  | 'history'
  | 'commit'
  | 'other';

/** Programs that do one thing, by their name as a whole word: `ack` is not in `package` (G19). */
const PROGRAMS: Record<Exclude<ShellActivity, 'history' | 'commit' | 'other'>, string> = {
  test: 'pytest py.test unittest tox nox vitest jest mocha ava playwright cypress karma rspec phpunit ctest gotestsum nextest bats doctest behave',
  build:
    'tsc webpack rollup esbuild gcc g++ clang clang++ cc c++ javac rustc cmake ninja bazel msbuild ld meson',
  check:
    'eslint oxlint biome stylelint tslint standard xo ruff flake8 pylint pyflakes pycodestyle mypy pyright basedpyright ' +
    'pytype golangci-lint staticcheck revive golint shellcheck hadolint yamllint markdownlint markdownlint-cli2 actionlint ' +
    'rubocop phpstan psalm phpcs ktlint detekt swiftlint tflint sqlfluff vale luacheck credo clang-tidy cppcheck',
  search: 'grep egrep fgrep zgrep rg ripgrep ag ack ast-grep sg ugrep',
  find: 'find fd fdfind locate which whereis',
  read: 'cat bat head tail less more nl tac zcat strings xxd hexdump od jq yq cut awk gawk',
  list: 'ls tree pwd exa eza du stat file wc',
  edit: 'patch tee mv cp rm mkdir touch ln chmod rmdir install truncate',
};

/** Programs whose first word decides: build tools, package managers, git. `''` is the program alone. */
const SUBCOMMANDS: Record<string, Partial<Record<ShellActivity, string>>> = {
  npm: { test: 'test t tst', build: 'build compile package' },
  pnpm: { test: 'test t', build: 'build compile package' },
  yarn: { test: 'test', build: 'build compile package' },
  bun: { test: 'test', build: 'build compile package' },
  deno: { test: 'test', build: 'compile' },
  cargo: { test: 'test nextest', build: 'build check clippy b' },
  go: { test: 'test', build: 'build vet install' },
  mvn: { test: 'test verify surefire:test', build: 'compile package install' },
  mvnw: { test: 'test verify', build: 'compile package install' },
  gradle: { test: 'test check', build: 'build assemble compileJava' },
  gradlew: { test: 'test check', build: 'build assemble compileJava' },
  make: { test: 'test check tests', build: ' all build compile' },
  dotnet: { test: 'test', build: 'build publish' },
  swift: { test: 'test', build: 'build' },
  rake: { test: 'test spec' },
  mix: { test: 'test', build: 'compile' },
  sbt: { test: 'test', build: 'compile package' },
  node: { test: '--test' },
  mise: { test: 'test', build: 'build compile' },
  just: { test: 'test tests check', build: 'build compile' },
  task: { test: 'test', build: 'build compile' },
  turbo: { test: 'test', build: 'build' },
  nx: { test: 'test', build: 'build' },
  poe: { test: 'test', build: 'build' },
  docker: { build: 'build' },
  'pre-commit': { check: 'run' },
  git: {
    search: 'grep',
    history: 'log show diff blame status shortlog reflog describe rev-parse ls-files branch remote',
    commit: 'add commit push merge rebase cherry-pick tag revert am',
    edit: 'apply checkout restore reset stash rm mv clean switch',
  },
};

/** Programs of the table above that run what a project calls so: `mise run lint`, `make typecheck`, `npm run check`. */
const RUNNERS =
  'npm pnpm yarn bun deno make mise just task turbo nx poe rake gradle gradlew composer invoke rush'.split(
    ' ',
  );
const CHECKS = new Set(
  'lint lints linter check checks typecheck typechecks type-check types check-types checktypes tsc vet format-check fmt-check'.split(
    ' ',
  ),
);

/** Programs that write what is well formed, and with these words only say what is not. */
const FORMATTERS = new Set('prettier black isort gofmt gofumpt rustfmt yapf dprint'.split(' '));
const ONLY_CHECKS = new Set(['--check', '-c', '--check-only', '-l', '--list-different', '-d', '--diff']);

/** Options of these programs that take the next word. */
const VALUED: Record<string, readonly string[]> = {
  git: ['-C', '-c', '--git-dir', '--work-tree'],
  make: ['-C', '-f', '-j', '-o', '-W'],
  npm: ['--prefix', '-w', '--workspace'],
  pnpm: ['--dir', '-C', '--filter', '-F'],
  yarn: ['--cwd'],
  mvn: ['-f', '-pl', '-P'],
  cargo: ['--manifest-path', '-Z'],
  docker: ['--context', '-H'],
};

const WORDS = (text: string): string[] => text.split(' ');
const BY_PROGRAM: ReadonlyMap<string, ShellActivity> = new Map(
  Object.entries(PROGRAMS).flatMap(([activity, names]) =>
    WORDS(names).map((name) => [name, activity as ShellActivity] as const),
  ),
);
const BY_SUBCOMMAND: ReadonlyMap<string, ShellActivity> = new Map(
  Object.entries(SUBCOMMANDS).flatMap(([program, activities]) =>
    Object.entries(activities).flatMap(([activity, names]) =>
      WORDS(names).map((name) => [`${program} ${name}`, activity as ShellActivity] as const),
    ),
  ),
);

/** Scripts by their own name: `./test.sh`, `run_tests.py`, `build.sh`. */
const SCRIPTS: readonly (readonly [RegExp, ShellActivity])[] = [
  [/^(?:run[-_]?)?tests?(?:[-_.]\w+)*$/, 'test'],
  [/^(?:verify|validate|validation)(?:[-_.]\w+)*$/, 'test'],
  [/^build(?:\.(?:sh|py|js|bat))?$/, 'build'],
  [/^(?:run[-_]?)?(?:lint|type-?check)(?:[-_.:]\w+)*$/, 'check'],
];

/** Programs that run the script named first among their words. */
const INTERPRETERS = new Set(['python', 'python3', 'node', 'bash', 'sh', 'zsh', 'ruby', 'perl', 'php']);

/** What one simple command is for. */
export function activityOf(command: ShellCommand): ShellActivity {
  const { name, args } = command;
  if (name === 'sed') return args.some((word) => /^(-\w*i|--in-place)/.test(word)) ? 'edit' : 'read';
  const direct = BY_PROGRAM.get(name);
  // `ruff format`, `biome format --write` write; with `--check` they only say what they would.
  if (direct === 'check' && args[0] === 'format' && !args.some((word) => ONLY_CHECKS.has(word)))
    return 'other';
  if (direct !== undefined) return direct;
  if (FORMATTERS.has(name) && args.some((word) => ONLY_CHECKS.has(word))) return 'check';
  if (name === 'node' && args.includes('--test')) return 'test';
  if (Object.hasOwn(SUBCOMMANDS, name) || RUNNERS.includes(name)) return bySubcommand(command);
  const script = INTERPRETERS.has(name) ? subcommandOf(command) : name;
  const file = script?.slice(script.lastIndexOf('/') + 1) ?? '';
  // `test` alone is the shell's own comparison.
  if (file === name && name === 'test') return 'other';
  return SCRIPTS.find(([pattern]) => pattern.test(file))?.[1] ?? 'other';
}

function bySubcommand(command: ShellCommand): ShellActivity {
  const { name } = command;
  const valued = Object.hasOwn(VALUED, name) ? VALUED[name]! : [];
  const first = subcommandOf(command, valued) ?? '';
  // `npm run test:unit`: the script's name says what it does.
  const runs = first === 'run' || first === 'run-script';
  const script = runs ? (command.args[command.args.indexOf(first) + 1] ?? '') : first;
  for (const word of [script, script.split(':', 1)[0]!]) {
    const found = BY_SUBCOMMAND.get(`${name} ${word}`);
    if (found !== undefined) return found;
    if (RUNNERS.includes(name) && CHECKS.has(word)) return 'check';
  }
  return 'other';
}

/** What speaks for a whole line when its parts do different things, most telling first: one call is one action (G17). */
const TELLING: readonly ShellActivity[] = [
  'test',
  'build',
  'check',
  'commit',
  'edit',
  'search',
  'find',
  'history',
  'read',
  'list',
];

/** A simple command of a line. `filter`: it reads no file, but only what the part before it prints. */
export type ShellPart = { command: ShellCommand; activity: ShellActivity; filter: boolean };

/** What of a file or a folder may come through a pipe: a filter behind it is about these still. */
const OF_FILES = new Set<ShellActivity>(['read', 'search', 'find', 'list']);

/**
 * What a shell line is for, and all that its parts do. A filter has an activity only where files come through the pipe:
 * `cat a | grep x` searches, `pytest | grep x` and `gh pr view | head` neither search nor read.
 */
export function shellActivity(line: string): { activity: ShellActivity; parts: readonly ShellPart[] } {
  let fed: ShellActivity = 'other';
  const parts = shellCommands(line).map((command): ShellPart => {
    const filter = isFilter(command);
    const own = activityOf(command);
    if (!filter) fed = own;
    return { command, activity: filter && !OF_FILES.has(fed) ? 'other' : own, filter };
  });
  const activity = TELLING.find((word) => parts.some((part) => part.activity === word)) ?? 'other';
  return { activity, parts };
}

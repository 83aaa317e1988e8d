/** How a test run or a build went. `error`: it could not run. */
export type Outcome = 'pass' | 'fail' | 'error';

/** What the output of test runners says. Null: it does not. */
export type TestResult = { outcome: Outcome | null; passed: number | null; failed: number | null };

/** A line in which a test runner sums up, and how many tests passed and failed by it. */
type Runner = { sum: RegExp; counts: (line: string) => readonly [passed: number, failed: number] };

/**
 * All such lines of an output count together: a workspace prints one for each package. Patterns see one line of at most
 * 300 characters: programs print whatever agents want.
 */
const RUNNERS: readonly Runner[] = [
  {
    // pytest: `=== 1 failed, 3 passed, 2 errors in 0.12s ===`, without the signs with -q.
    sum: /^(?:=+ )?\d+ (?:passed|failed|errors?|skipped|xfailed|xpassed|deselected|warnings?)\b.* in [\d.]+s/,
    counts: (line) => [n(line, /(\d+) passed/), n(line, /(\d+) failed/) + n(line, /(\d+) errors?\b/)],
  },
  {
    // PHPUnit: `Tests: 5, Assertions: 9, Failures: 1.`
    sum: /^Tests: \d+, Assertions: \d+/,
    counts: (line) => outOf(n(line, /Tests: (\d+)/), n(line, /Failures: (\d+)/) + n(line, /Errors: (\d+)/)),
  },
  {
    // Jest: `Tests:       1 failed, 2 passed, 3 total`; Vitest: `      Tests  1 failed | 2 passed (3)`.
    sum: /^\s*Tests:?\s+\d+ (?:failed|passed|skipped|todo)/,
    counts: (line) => [n(line, /(\d+) passed/), n(line, /(\d+) failed/)],
  },
  {
    // cargo: `test result: FAILED. 1 passed; 1 failed; 0 ignored`.
    sum: /^test result: \w+\. \d+ passed/,
    counts: (line) => [n(line, /(\d+) passed/), n(line, /(\d+) failed/)],
  },
  // mocha: `  3 passing (12ms)`, `  1 failing`; node --test: `# pass 3`, `ℹ fail 0`.
  { sum: /^\s*\d+ passing\b/, counts: (line) => [n(line, /(\d+) passing/), 0] },
  { sum: /^\s*\d+ failing\b/, counts: (line) => [0, n(line, /(\d+) failing/)] },
  { sum: /^[#ℹ] pass \d+$/, counts: (line) => [n(line, /pass (\d+)/), 0] },
  { sum: /^[#ℹ] fail \d+$/, counts: (line) => [0, n(line, /fail (\d+)/)] },
  // unittest: `Ran 5 tests in 0.001s`, and below it `FAILED (failures=1, errors=2)`.
  { sum: /^Ran \d+ tests? in /, counts: (line) => [n(line, /Ran (\d+)/), 0] },
  {
    sum: /^FAILED \((?:failures|errors)=\d+/,
    counts: (line) => {
      const failed = n(line, /failures=(\d+)/) + n(line, /errors=(\d+)/);
      return [-failed, failed];
    },
  },
  {
    // RSpec: `5 examples, 1 failure`.
    sum: /^\d+ examples?, \d+ failures?/,
    counts: (line) => outOf(n(line, /^(\d+)/), n(line, /(\d+) failures?/)),
  },
  {
    // gotestsum: `DONE 45 tests, 2 failures in 1.2s`.
    sum: /^DONE \d+ tests?\b/,
    counts: (line) => outOf(n(line, /DONE (\d+)/), n(line, /(\d+) failures?/)),
  },
  {
    // .NET: `Failed!  - Failed:     1, Passed:     4`.
    sum: /^(?:Passed|Failed)!\s+- Failed:/,
    counts: (line) => [n(line, /Passed:\s+(\d+)/), n(line, /Failed:\s+(\d+)/)],
  },
  {
    // CTest: `50% tests passed, 1 tests failed out of 2`.
    sum: /^\d+% tests passed, \d+ tests? failed out of \d+/,
    counts: (line) => outOf(n(line, /out of (\d+)/), n(line, /(\d+) tests? failed/)),
  },
];

/** Maven counts each class, and at the end all of them again. */
const MAVEN = /^(?:\[\w+\] )?Tests run: \d+, Failures: \d+, Errors: \d+/;

/** Lines that tell how it went where nobody counts; failures before successes. */
const VERDICTS: readonly (readonly [RegExp, Outcome])[] = [
  [
    /^(?:--- FAIL: |FAIL(?:ED)?(?:\s|$)|not ok \d|BUILD FAILED|(?:\[ERROR\] |\[INFO\] )?BUILD FAILURE)/,
    'fail',
  ],
  [/^(?:ok\s+\S|PASS$|OK(?: \(|$)|BUILD SUCCESSFUL|\[INFO\] BUILD SUCCESS|test result: ok)/, 'pass'],
  [
    /command not found|: not found$|no tests? (?:ran|found|files found)|collected 0 items|No module named|Missing script:|no such command|could not find `Cargo\.toml`|No such file or directory/i,
    'error',
  ],
];

/** Any of these: nearly every line is none, and one look tells. */
const TELLING = new RegExp(
  [...RUNNERS.map(({ sum }) => sum), MAVEN, ...VERDICTS.map(([pattern]) => pattern)]
    .map(({ source }) => `(?:${source})`)
    .join('|'),
  'i',
);

const MOST_LINE = 300;
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
const COLOURS = /\u001b\[[\d;]*m/g;

/** What a test run or a build has printed says of how it went. Never throws. */
export function testResultIn(text: string): TestResult {
  const lines = text
    .replace(COLOURS, '')
    .split('\n')
    .map((line) => line.slice(0, MOST_LINE).trimEnd())
    .filter((line) => TELLING.test(line));
  let [passed, failed] = [0, 0];
  const verdicts = new Set<Outcome>();
  let maven: string | undefined;
  for (const line of lines) {
    if (MAVEN.test(line)) maven = line;
    const counts = RUNNERS.find(({ sum }) => sum.test(line))?.counts(line) ?? [0, 0];
    passed += counts[0];
    failed += counts[1];
    const verdict = VERDICTS.find(([pattern]) => pattern.test(line))?.[1];
    if (verdict !== undefined) verdicts.add(verdict);
  }
  if (maven !== undefined) {
    const wrong = n(maven, /Failures: (\d+)/) + n(maven, /Errors: (\d+)/);
    const [good] = outOf(n(maven, /Tests run: (\d+)/), wrong);
    passed += good;
    failed += wrong;
  }
  if (passed + failed > 0)
    return { outcome: failed > 0 ? 'fail' : 'pass', passed: Math.max(0, passed), failed };
  const told = VERDICTS.find(([, outcome]) => verdicts.has(outcome))?.[1] ?? null;
  return { outcome: told, passed: null, failed: null };
}

function outOf(total: number, failed: number): [number, number] {
  return [Math.max(0, total - failed), failed];
}

function n(line: string, pattern: RegExp): number {
  return Number(pattern.exec(line)?.[1] ?? 0);
}

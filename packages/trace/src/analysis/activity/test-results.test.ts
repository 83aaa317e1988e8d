import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testResultIn } from './test-results.ts';

test.each<[string, string, string | null, number | null, number | null]>([
  ['pytest', '===== 1 failed, 3 passed, 2 errors in 0.12s =====', 'fail', 3, 3],
  ['pytest -q', '12 passed, 1 warning in 3.40s', 'pass', 12, 0],
  ['pytest, nothing', '===== no tests ran in 0.01s =====', 'error', null, null],
  ['Jest', 'Tests:       1 failed, 2 passed, 3 total', 'fail', 2, 1],
  [
    'Vitest, coloured',
    '\u001b[2m      Tests \u001b[22m \u001b[1m\u001b[32m85 passed\u001b[39m (85)',
    'pass',
    85,
    0,
  ],
  [
    'cargo, two crates',
    'test result: ok. 2 passed; 0 failed;\ntest result: FAILED. 1 passed; 1 failed;',
    'fail',
    3,
    1,
  ],
  ['mocha', '  3 passing (12ms)\n  1 failing', 'fail', 3, 1],
  ['node --test', '# tests 3\n# pass 3\n# fail 0', 'pass', 3, 0],
  ['unittest', 'Ran 5 tests in 0.001s\n\nFAILED (failures=1, errors=1)', 'fail', 3, 2],
  ['unittest, all', 'Ran 5 tests in 0.001s\n\nOK', 'pass', 5, 0],
  [
    'Maven',
    'Tests run: 2, Failures: 0, Errors: 0\n[INFO] Tests run: 5, Failures: 1, Errors: 0, Skipped: 0',
    'fail',
    4,
    1,
  ],
  ['RSpec', '5 examples, 1 failure', 'fail', 4, 1],
  ['PHPUnit', 'Tests: 5, Assertions: 9, Failures: 1.', 'fail', 4, 1],
  ['.NET', 'Failed!  - Failed:     1, Passed:     4, Skipped: 0', 'fail', 4, 1],
  ['CTest', '50% tests passed, 1 tests failed out of 2', 'fail', 1, 1],
  ['gotestsum', 'DONE 45 tests, 2 failures in 1.2s', 'fail', 43, 2],
  ['go', 'ok  \texample.org/a\t0.3s\nFAIL\texample.org/b\t0.1s', 'fail', null, null],
  ['go, all', 'ok  \texample.org/a\t0.3s', 'pass', null, null],
  ['Gradle', 'BUILD SUCCESSFUL in 3s', 'pass', null, null],
  ['not there', 'sh: pytest: command not found', 'error', null, null],
  ['a text that speaks of it', 'we passed the exam and failed nothing', null, null, null],
  ['nothing', '', null, null, null],
])('%s', (_, text, outcome, passed, failed) => {
  expect(testResultIn(text)).toEqual({ outcome, passed, failed });
});

test('any output is survived', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom('1 passed in 0.1s', 'FAILED (failures=9)', '5 failing', 'FAIL'),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      const { passed, failed } = testResultIn(lines.join('\n'));
      expect(passed ?? 0).toBeGreaterThanOrEqual(0);
      expect(failed ?? 0).toBeGreaterThanOrEqual(0);
    }),
  );
});

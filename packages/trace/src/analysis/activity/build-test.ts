import type { Action } from './actions.ts';
import { type FailureKind, failureKindOf } from './failure-kinds.ts';
import { resultText } from './result-text.ts';
import { type Outcome, type TestResult, testResultIn } from './test-results.ts';

/** One test run or build. */
export type Cycle = {
  atUs: number;
  action: 'test' | 'build';
  /** Null: its result does not say. */
  result: Outcome | null;
  /** Null: it has no end, or shares its call with the other kind. */
  durationUs: number | null;
  /** Null unless it failed. `flaky`: the same line passed next, and nothing was edited between. */
  errorType: FailureKind | 'flaky' | null;
  /** Single tests, where the runner counts them. */
  passed: number | null;
  failed: number | null;
  /** The call that ran it. */
  call: Action;
};

export type BuildTest = {
  cycles: readonly Cycle[];
  testRuns: number;
  testPasses: number;
  testFailures: number;
  builds: number;
  buildSuccesses: number;
  buildFailures: number;
  /** Test runs up to the first that passed, that one included; null when none is known to have passed. */
  cyclesToSuccess: number | null;
  /** µs in which tests and builds ran, each call once. */
  feedbackUs: number;
  /** Null without a test run that has an end. */
  meanTestUs: number | null;
  /** Single tests that passed in the last run that counted them, of those it ran; null when none did. */
  testPassRate: number | null;
};

/** The test runs and builds of a run, with what their results say. */
export function buildTestOf(actions: readonly Action[]): BuildTest {
  const cycles = cyclesIn(actions);
  markFlaky(cycles, actions);
  const tests = cycles.filter(({ action }) => action === 'test');
  const builds = cycles.filter(({ action }) => action === 'build');
  const first = tests.findIndex(({ result }) => result === 'pass');
  const lasting = tests.map(({ durationUs }) => durationUs).filter((us) => us !== null);
  const counted = tests.findLast(({ passed }) => passed !== null);
  const calls = new Set(cycles.map(({ call }) => call));
  return {
    cycles,
    testRuns: tests.length,
    testPasses: count(tests, true),
    testFailures: count(tests, false),
    builds: builds.length,
    buildSuccesses: count(builds, true),
    buildFailures: count(builds, false),
    cyclesToSuccess: first < 0 ? null : first + 1,
    feedbackUs: [...calls].reduce((sum, { startUs, endUs }) => sum + ((endUs ?? startUs) - startUs), 0),
    meanTestUs: lasting.length === 0 ? null : lasting.reduce((sum, us) => sum + us, 0) / lasting.length,
    testPassRate:
      counted === undefined ? null : counted.passed! / Math.max(1, counted.passed! + counted.failed!),
  };
}

function count(cycles: readonly Cycle[], passed: boolean): number {
  return cycles.filter(({ result }) => result !== null && (result === 'pass') === passed).length;
}

function cyclesIn(actions: readonly Action[]): Cycle[] {
  return actions.flatMap((action) => {
    const { tests, builds, startUs: atUs, endUs } = action;
    if (!tests && !builds) return [];
    const text = resultText(action.span);
    const said = testResultIn(text);
    const together = tests && builds;
    const result = tests ? resultOfTest(action, said) : resultOfBuild(action, said.outcome, text);
    const durationUs = endUs === undefined || together ? null : endUs - atUs;
    const errorType = result === 'fail' || result === 'error' ? failureKindOf(text) : null;
    const found: Cycle[] = [];
    if (builds) {
      // Tests that ran show that what was built before them could be.
      const ran = said.passed !== null || result === 'pass';
      const built = !together ? result : ran ? 'pass' : null;
      const kind = built === result ? errorType : null;
      found.push({
        atUs,
        action: 'build',
        result: built,
        durationUs,
        errorType: kind,
        passed: null,
        failed: null,
        call: action,
      });
    }
    if (tests) {
      const { passed, failed } = said;
      // What a failing test run names no other reason for is an assertion that did not hold.
      const kind = errorType === 'other' && result === 'fail' ? 'logic' : errorType;
      found.push({ atUs, action: 'test', result, durationUs, errorType: kind, passed, failed, call: action });
    }
    return found;
  });
}

/** What shows only the beginning of an output hides the failures behind it. */
const BEGINNING_ONLY = /\|\s*head\b/;

/** A line that hands the exit status on is believed when it went well; else the output is, before the status. */
function resultOfTest({ ok, shell, command = '' }: Action, { outcome, passed }: TestResult): Outcome | null {
  if (ok === true && shell?.tellsStatus === true) return 'pass';
  if (outcome === 'pass' && passed === null && BEGINNING_ONLY.test(command)) return null;
  return outcome ?? (ok === false ? 'fail' : null);
}

/** How compilers begin what stopped them. */
const BROKEN = /\berror(?:\[E\d+\])?: |\berror TS\d+|^make: \*\*\*/im;

function resultOfBuild({ ok, shell }: Action, said: Outcome | null, text: string): Outcome | null {
  if (ok === true && shell?.tellsStatus === true) return 'pass';
  if (ok === false) return said === 'error' ? 'error' : 'fail';
  return BROKEN.test(text) ? 'fail' : said;
}

/** The same line that passes without an edit in between failed by chance. */
function markFlaky(cycles: readonly Cycle[], actions: readonly Action[]): void {
  const edits = actions.filter(({ edits: writes }) => writes).map(({ startUs }) => startUs);
  const before = new Map<string, Cycle>();
  for (const cycle of cycles) {
    if (cycle.action !== 'test' || cycle.call.command === undefined) continue;
    const last = before.get(cycle.call.command);
    before.set(cycle.call.command, cycle);
    if (last?.result !== 'fail' || cycle.result !== 'pass') continue;
    if (firstAtOrAfter(edits, last.atUs) > cycle.atUs) last.errorType = 'flaky';
  }
}

/** By halving: lines may repeat a thousand times over a hundred thousand edits. */
function firstAtOrAfter(sorted: readonly number[], us: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (sorted[middle]! < us) from = middle + 1;
    else to = middle;
  }
  return sorted[from] ?? Infinity;
}

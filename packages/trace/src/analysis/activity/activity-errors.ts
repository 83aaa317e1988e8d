import type { Action } from './actions.ts';
import type { Cycle } from './build-test.ts';
import { type FailureKind, failureKindOf } from './failure-kinds.ts';
import { resultText } from './result-text.ts';
import { tellingLine } from './telling-line.ts';

/** What was done between an error and the success of the same thing. */
export type Resolution = 'retry' | 'edit' | 'other arguments';

export type ActivityError = {
  atUs: number;
  tool: string;
  type: FailureKind;
  /** The line that says most, at most 200 characters. */
  message: string;
  /** µs from the error's end to the end of what succeeded; null: nothing did. */
  resolutionUs: number | null;
  method: Resolution | null;
};

/**
 * Calls that failed, and tests and builds whose output says so though their status does not. Resolved by the next success
 * of the same tool on the same file, of the same program, or of the next test or build.
 */
export function activityErrorsOf(actions: readonly Action[], cycles: readonly Cycle[]): ActivityError[] {
  const broken = new Map<Action, Cycle>();
  for (const cycle of cycles)
    if (cycle.result === 'fail' || cycle.result === 'error') broken.set(cycle.call, cycle);
  const passed = new Set(cycles.filter(({ result }) => result === 'pass').map(({ call }) => call));
  const open = new Map<string, { error: ActivityError; action: Action; editsBefore: number }[]>();
  const errors: ActivityError[] = [];
  let edits = 0;
  for (const action of actions) {
    const cycle = broken.get(action);
    const key = keyOf(action);
    if (action.ok === false || cycle !== undefined) {
      const error = errorOf(action, cycle);
      errors.push(error);
      const waiting = open.get(key);
      if (waiting) waiting.push({ error, action, editsBefore: edits });
      else open.set(key, [{ error, action, editsBefore: edits }]);
    } else if (action.tests || action.builds ? passed.has(action) : action.ok === true) {
      for (const { error, action: failed, editsBefore } of open.get(key) ?? []) {
        const from = failed.endUs ?? failed.startUs;
        error.resolutionUs = Math.max(0, (action.endUs ?? action.startUs) - from);
        error.method = methodOf(failed, action, edits > editsBefore);
      }
      open.delete(key);
    }
    // An edit that resolves an edit is no edit between the two.
    if (action.edits && action.ok !== false) edits++;
  }
  return errors;
}

function errorOf(action: Action, cycle: Cycle | undefined): ActivityError {
  const text = resultText(action.span);
  const type = cycle === undefined ? failureKindOf(text) : cycle.errorType;
  return {
    atUs: action.startUs,
    tool: action.tool,
    type: type === null || type === 'flaky' ? 'other' : type,
    message: tellingLine(text),
    resolutionUs: null,
    method: null,
  };
}

/** Two calls with the same key are tries of the same thing. */
function keyOf({ tool, tests, builds, reads, writes, shell }: Action): string {
  if (tests) return 'test';
  if (builds) return 'build';
  const file = writes[0] ?? reads[0];
  if (shell !== undefined) return `${tool}\n${shell.programs.join(' ')}`;
  return `${tool}\n${file ?? ''}`;
}

function methodOf(failed: Action, succeeded: Action, edited: boolean): Resolution {
  if (edited) return 'edit';
  const same = JSON.stringify(failed.span.inputs) === JSON.stringify(succeeded.span.inputs);
  return same ? 'retry' : 'other arguments';
}

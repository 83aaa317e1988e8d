import type { Action } from './actions.ts';
import type { ModelCall, ModelCalls } from './model-calls.ts';

/**
 * How long models worked before an action, in µs on average: the calls since the same agent's action before, together.
 * Waiting for a person is no thinking. Null: no such action, or no model call is known.
 */
export type ThinkTime = {
  /** Of the actions up to the first edit, that one included. */
  beforeFirstEditUs: number | null;
  /** Of reads that follow a read. */
  betweenReadsUs: number | null;
  beforeTestsUs: number | null;
};

export function thinkTimeOf(actions: readonly Action[], calls: ModelCalls): ThinkTime {
  const thinking = thinkingBefore(actions, calls);
  const firstEdit = actions.findIndex(({ edits, ok }) => edits && ok !== false);
  const before = new Map<number, Action>();
  const betweenReads: Action[] = [];
  for (const action of actions) {
    if (action.deed === 'read' && before.get(action.scope)?.deed === 'read') betweenReads.push(action);
    before.set(action.scope, action);
  }
  const mean = (some: readonly Action[]): number | null => {
    const known = some.map((action) => thinking.get(action)).filter((us) => us !== undefined);
    return known.length === 0 ? null : known.reduce((sum, us) => sum + us, 0) / known.length;
  };
  return {
    beforeFirstEditUs: mean(actions.slice(0, firstEdit + 1)),
    betweenReadsUs: mean(betweenReads),
    beforeTestsUs: mean(actions.filter(({ tests }) => tests)),
  };
}

/** Of several actions that one call asked for, only the first was thought about: the others have no time of their own. */
function thinkingBefore(actions: readonly Action[], { byScope, callOf }: ModelCalls): Map<Action, number> {
  const reached = new Map<number, number>();
  const seen = new Set<ModelCall>();
  const thinking = new Map<Action, number>();
  for (const action of actions) {
    const own = callOf.get(action);
    if (own === undefined || seen.has(own)) continue;
    seen.add(own);
    const calls = byScope.get(action.scope) ?? [];
    let us = 0;
    let at = reached.get(action.scope) ?? 0;
    for (; at < calls.length && calls[at]!.startUs <= action.startUs; at++) {
      const { startUs, endUs = action.startUs } = calls[at]!;
      // A call that goes on talking after it has asked for a tool is thought about until then.
      us += Math.max(0, Math.min(endUs, action.startUs) - startUs);
    }
    reached.set(action.scope, at);
    thinking.set(action, us);
  }
  return thinking;
}

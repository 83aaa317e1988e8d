import type { Action } from './actions.ts';
import type { ModelCalls } from './model-calls.ts';

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

export function thinkTimeOf(
  actions: readonly Action[],
  { calls, callOf }: ModelCalls,
  scopes: Int32Array,
): ThinkTime {
  const thinking = thinkingBefore(actions, { calls, callOf }, scopes);
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
function thinkingBefore(
  actions: readonly Action[],
  { calls, callOf }: ModelCalls,
  scopes: Int32Array,
): Map<Action, number> {
  const byScope = new Map<number, { at: number; list: ModelCalls['calls'][number][] }>();
  for (const call of [...calls].sort((a, b) => a.startUs - b.startUs)) {
    const scope = scopes[call.no]!;
    const known = byScope.get(scope);
    if (known) known.list.push(call);
    else byScope.set(scope, { at: 0, list: [call] });
  }
  const seen = new Set<unknown>();
  const thinking = new Map<Action, number>();
  for (const action of actions) {
    const own = callOf.get(action);
    if (own === undefined || seen.has(own)) continue;
    seen.add(own);
    const queue = byScope.get(action.scope);
    let us = 0;
    for (
      ;
      queue && queue.at < queue.list.length && queue.list[queue.at]!.startUs <= action.startUs;
      queue.at++
    ) {
      const { startUs, endUs = action.startUs } = queue.list[queue.at]!;
      // A call that goes on talking after it has asked for a tool is thought about until then.
      us += Math.max(0, Math.min(endUs, action.startUs) - startUs);
    }
    thinking.set(action, us);
  }
  return thinking;
}

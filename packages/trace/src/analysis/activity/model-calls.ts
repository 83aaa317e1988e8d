import type { Run } from '../../model/run.ts';
import { type Action, byTime } from './actions.ts';

/** A call of a model, and what the agent did because of it. */
export type ModelCall = {
  no: number;
  startUs: number;
  endUs?: number;
  /** The actions that it asked for; none: it answered, or only thought. */
  actions: Action[];
};

/** The calls of models by the agent that makes them, and the call behind each action. */
export type ModelCalls = {
  calls: readonly ModelCall[];
  /** The same by the agent that makes them, in order of time. */
  byScope: ReadonlyMap<number, readonly ModelCall[]>;
  callOf: ReadonlyMap<Action, ModelCall>;
};

/**
 * Which model call led to which action: the one that the action says it follows, else the last one of the same agent
 * that had begun by then.
 */
export function modelCallsOf(run: Run, actions: readonly Action[], scopes: Int32Array): ModelCalls {
  const calls: ModelCall[] = [];
  const byId = new Map<string, ModelCall>();
  const byScope = new Map<number, ModelCall[]>();
  run.spans.forEach(({ kind, modelTotal, spanId, startUs, endUs }, no) => {
    if (kind !== 'llm' || modelTotal) return;
    const call: ModelCall = { no, startUs, ...(endUs !== undefined && { endUs }), actions: [] };
    calls.push(call);
    byId.set(spanId, call);
    const scope = scopes[no]!;
    const others = byScope.get(scope);
    if (others) others.push(call);
    else byScope.set(scope, [call]);
  });
  for (const list of byScope.values()) list.sort((a, b) => byTime(run.spans[a.no]!, run.spans[b.no]!));
  const callOf = new Map<Action, ModelCall>();
  const reached = new Map<number, number>();
  for (const action of actions) {
    const list = byScope.get(action.scope) ?? [];
    let at = reached.get(action.scope) ?? -1;
    while (at + 1 < list.length && list[at + 1]!.startUs <= action.startUs) at++;
    reached.set(action.scope, at);
    const told = action.span.links?.find(({ type, spanId }) => type === 'follows_from' && byId.has(spanId));
    const call = told === undefined ? list[at] : byId.get(told.spanId);
    if (call === undefined) continue;
    call.actions.push(action);
    callOf.set(action, call);
  }
  return { calls, byScope, callOf };
}

import type { Run } from '../../model/run.ts';
import { totalTokens } from '../../model/usage.ts';
import type { Ledger } from '../ledger.ts';
import type { Action } from './actions.ts';
import type { Phase } from './deed.ts';
import type { ModelCall } from './model-calls.ts';

/** Tokens by what they were used for; with `other` they add up to all that count. */
export type PhaseTokens = Record<Phase, number> & { other: number };

/**
 * The tokens of a model call belong to the actions that it led to, in equal whole parts; those of a call that led to
 * none, and sums that no single call explains, to no phase. Null where no tokens are known.
 */
export function phaseTokensOf(
  run: Run,
  { entries }: Ledger,
  calls: readonly ModelCall[],
  actions: readonly Action[],
): PhaseTokens | null {
  const tokens: PhaseTokens = { comprehension: 0, navigation: 0, implementation: 0, testing: 0, other: 0 };
  // Arrays by span number: a map of a hundred thousand entries takes as long as all the rest.
  const leads = new Array<readonly Action[] | undefined>(run.spans.length);
  const own = new Array<Action | undefined>(run.spans.length);
  for (const { no, actions: led } of calls) leads[no] = led;
  for (const action of actions) own[action.no] = action;
  let known = false;
  for (const { no, usage } of entries) {
    if (run.spans[no]!.usage !== undefined) known = true;
    const total = totalTokens(usage);
    const led = leads[no];
    // A tool may report tokens of its own, where a model works inside it.
    if (led === undefined || led.length === 0) tokens[own[no]?.phase ?? 'other'] += total;
    // What does not divide goes to the first ones.
    else
      led.forEach(({ phase }, at) => {
        tokens[phase ?? 'other'] += Math.floor(total / led.length) + (at < total % led.length ? 1 : 0);
      });
  }
  return known ? tokens : null;
}

import type { OpenCall } from '../agent-call.ts';
import type { Session } from './session.ts';
import { deviates, signatureOf, type TokenCount, usageOf } from './token-book.ts';
import { isReplay } from './turns.ts';

/** The call that what the model says now belongs to. */
export function beginCall(session: Session, us: number): OpenCall {
  const { scope } = session;
  // A call that was counted is complete: what follows is the next one's.
  const call = scope.call?.usage === undefined ? scope.openCall(us) : scope.beginCall(us);
  describe(session, call);
  return call;
}

function describe(session: Session, call: OpenCall): void {
  const { model, provider, effort } = session;
  if (call.model === model || model === undefined) return;
  call.tell({
    model,
    ...(provider !== undefined && { provider }),
    ...(effort !== undefined && { attributes: { effort } }),
  });
}

/** The running total after a call, and where there is one the report of the call alone. */
export function countTokens(
  session: Session,
  total: TokenCount,
  last: TokenCount | undefined,
  us: number,
): void {
  const used = session.book.add(total, last);
  if (used === undefined) return;
  const { scope } = session;
  const call = scope.call !== undefined && scope.call.usage === undefined ? scope.call : scope.beginCall(us);
  describe(session, call);
  if (deviates(used) && ++session.deviations > 0)
    session.batch.run({
      quality: [{ code: 'total-deviates', count: session.deviations, example: call.spanId }],
    });
  // The same turn with the same running total is the same call, in whatever fork, resume or subagent's copy it stands.
  call.tell({ call_key: `codex:${scope.turn?.id ?? session.origin}:${signatureOf(total)}` });
  if (isReplay(session, us)) call.tell({ replay: true });
  scope.count(call, usageOf(used), us);
}

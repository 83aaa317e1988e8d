import type { Span } from '../model/span.ts';
import { totalTokens } from '../model/usage.ts';

/**
 * Marks one of two reports of a call: a recorder's, which has the answer's id among its attributes, and a line of the call
 * sink, which has it as its key. The recorder's stands, which knows the kinds of the tokens, unless only the line says what the
 * call cost. The id alone decides nothing, for some servers make theirs of the second: the tokens must be the same, too.
 */
export function markToldTwice(spans: readonly Span[], repeated: Uint8Array): void {
  const recorded = new Map<string, number[]>();
  spans.forEach((span, no) => {
    const id = answerIdOf(span);
    if (id === undefined || span.usage === undefined || repeated[no] === 1) return;
    const others = recorded.get(id);
    if (others) others.push(no);
    else recorded.set(id, [no]);
  });
  if (recorded.size === 0) return;
  spans.forEach(({ callKey, usage, attributes, reportedCostUsd }, no) => {
    if (callKey === undefined || usage === undefined || repeated[no] === 1) return;
    if (attributes?.response_id !== undefined) return;
    const candidates = recorded.get(callKey.split('|', 1)[0]!) ?? [];
    const tokens = totalTokens(usage);
    const at = candidates.findIndex((other) => totalTokens(spans[other]!.usage!) === tokens);
    if (at < 0) return;
    const [other] = candidates.splice(at, 1);
    const onlyHereCost = reportedCostUsd !== undefined && spans[other!]!.reportedCostUsd === undefined;
    repeated[onlyHereCost ? other! : no] = 1;
  });
}

function answerIdOf({ callKey, attributes }: Span): string | undefined {
  const id = attributes?.response_id;
  return callKey === undefined && typeof id === 'string' && id !== '' ? id : undefined;
}

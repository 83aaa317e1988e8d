import type { Span } from '../../model/span.ts';
import { firstParting } from './first-parting.ts';
import { nameOf } from './step-keys.ts';

/** What two spans that stand for the same differ in. */
export const DIFFERENCES = ['name', 'arguments', 'model', 'status', 'error', 'result'] as const;
export type Difference = (typeof DIFFERENCES)[number];

/** Values are walked, not made into text and hashed: that took as long again as the whole alignment. */
const DIFFER: Record<Difference, (left: Span, right: Span) => boolean> = {
  name: (left, right) => nameOf(left) !== nameOf(right),
  arguments: (left, right) => firstParting(left.inputs, right.inputs) !== undefined,
  model: (left, right) => (left.model ?? '') !== (right.model ?? ''),
  status: (left, right) => statusOf(left) !== statusOf(right),
  error: (left, right) => errorOf(left) !== errorOf(right),
  result: (left, right) => firstParting(left.outputs, right.outputs) !== undefined,
};

export function differencesOf(left: Span, right: Span): Difference[] {
  return DIFFERENCES.filter((difference) => DIFFER[difference](left, right));
}

function statusOf({ status, endUs }: Span): string {
  return endUs === undefined ? 'open' : status;
}

function errorOf({ error }: Span): string {
  return `${error?.type ?? ''} ${error?.message ?? ''}`;
}

import { SPAN_KINDS, SPAN_STATUSES } from '@tacho/trace/model/span';

/** What a bar is painted with, in one byte: a colour, and whether it is a container or hollow. */
export const COLORS = [...SPAN_KINDS, 'error'] as const;
export type BarColor = (typeof COLORS)[number];

export const COLOR_MASK = 15;
export const ERROR_COLOR = COLORS.length - 1;
/** Its children are drawn inside: a translucent body with an outline. */
export const CONTAINER = 16;
/** Cancelled: an outline only. */
export const HOLLOW = 32;
/** It spans work that has lanes of its own: a line, so that the work stands out. */
export const SPANNING = 64;

const ERROR = SPAN_STATUSES.indexOf('error');
const CANCELLED = SPAN_STATUSES.indexOf('cancelled');

/** @param kind and status: codes as in the columns; `shape`: CONTAINER, SPANNING or 0 */
export function paintOf(kind: number, status: number, shape: number): number {
  const color = status === ERROR ? ERROR_COLOR : kind < ERROR_COLOR ? kind : 0;
  return color | shape | (status === CANCELLED ? HOLLOW : 0);
}

import { usToIso } from '../../model/time.ts';

/** Figures as the document shows them. Null stays null: what nobody knows is no zero. */

/** Seconds to the millisecond. */
export function seconds(us: number | null): number | null {
  return us === null ? null : rounded(us / 1e6, 3);
}

/** Per cent, and points between two, to two places. */
export function percent(pct: number | null | undefined): number | null {
  return pct === null || pct === undefined ? null : rounded(pct, 2);
}

/** Shares from 0 to 1 and other ratios, to four places. */
export function ratio(share: number | null): number | null {
  return share === null ? null : rounded(share, 4);
}

export function dollars(usd: number): number {
  return rounded(usd, 6);
}

/** Null for a time that nobody knows, and for one that no calendar has. */
export function timestamp(us: number | undefined): string | null {
  return us === undefined || us <= 0 || us > 8.64e18 ? null : usToIso(us);
}

export function counted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries(counts);
}

/** Text from outside, of at most so many characters. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function rounded(value: number, places: number): number {
  // `-0` is no figure.
  return Number(value.toFixed(places)) + 0;
}

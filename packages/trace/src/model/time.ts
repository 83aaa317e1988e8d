/**
 * Times are integer microseconds since the epoch, in plain numbers: exact in a double until the year 2255.
 * This file is the only place that knows other units.
 */

/** Now, in microseconds. Date.now() has milliseconds; the performance clock supplies the rest and never runs backwards. */
export function nowUs(): number {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

/** Epoch seconds with a fraction (the stream's `ts`) to microseconds. */
export function secondsToUs(seconds: number): number {
  return Math.round(seconds * 1e6);
}

/** Three thousand years: no duration is longer, and times with it still fit 64 bits. */
const MOST_MS = 1e14;

/** Microseconds of a duration in milliseconds; undefined when nothing can have lasted that long. */
export function lastingUs(ms: number): number | undefined {
  return ms >= 0 && ms <= MOST_MS ? Math.round(ms * 1000) : undefined;
}

/** Microseconds to epoch seconds with a fraction, as the stream writes them. */
export function usToSeconds(us: number): number {
  return us / 1e6;
}

/** `2026-11-20T16:31:00.123Z`. Throws RangeError outside the years a Date can hold. */
export function usToIso(us: number): string {
  return new Date(us / 1000).toISOString();
}

const ISO =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9})\d*)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/** ISO 8601 to microseconds; digits beyond the millisecond count. Without a zone it is local time, as in the writer's clock. */
function isoToUs(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, date, clock = '00:00', fraction = '', zone = ''] = match;
  const wholeMs = Date.parse(`${date}T${clock.length === 5 ? `${clock}:00` : clock}${zone.toUpperCase()}`);
  return Number.isNaN(wholeMs)
    ? undefined
    : wholeMs * 1000 + Math.round(Number(`0.${fraction || '0'}`) * 1e6);
}

/** Any epoch number to microseconds: the unit follows from the size, since all of ours lie between 1973 and 5138. */
function epochToUs(value: number): number | undefined {
  if (!Number.isFinite(value) || value <= 0) return undefined;
  if (value < 1e11) return Math.round(value * 1e6);
  if (value < 1e14) return Math.round(value * 1e3);
  if (value < 1e17) return Math.round(value);
  return value < 1e20 ? Math.round(value / 1e3) : undefined;
}

/** A timestamp in s, ms, µs, ns (as a number or digits) or ISO 8601, to microseconds; undefined when it is none. */
export function parseTimestamp(value: unknown): number | undefined {
  if (typeof value === 'number') return epochToUs(value);
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return /^\d+(\.\d+)?$/.test(text) ? epochToUs(Number(text)) : isoToUs(text);
}

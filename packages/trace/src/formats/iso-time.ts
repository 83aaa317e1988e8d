import { usToIso } from '../model/time.ts';

/** The year 10000: its dates are written otherwise. */
const LAST_US = 253_402_300_800e6;

/**
 * ISO 8601 to the microsecond, without digits that say nothing: `2026-01-29T10:00:00Z`, `2026-01-29T10:00:00.000123Z`.
 * Undefined for a time that is not known (0), and where a date has no room for it.
 */
export function isoOf(us: number): string | undefined {
  if (!(us > 0 && us < LAST_US)) return undefined;
  const wholeMs = Math.floor(us / 1000);
  const rest = us - wholeMs * 1000;
  const iso = usToIso(wholeMs * 1000);
  return rest > 0 ? iso.replace('Z', `${String(rest).padStart(3, '0')}Z`) : iso.replace('.000Z', 'Z');
}

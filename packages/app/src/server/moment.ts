import { parseTimestamp } from '@tacho/trace/model/time';

const AGO: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A year, and as much of a date and time behind it as somebody cared to type. */
const CALENDAR = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}))?)?)?)?$/;
/** A time with a zone, to the minute or the second. */
const ZONED = /T\d{2}:\d{2}(:\d{2})?(?:Z|[+-]\d{2}:?\d{2})$/i;
/** Seconds since the epoch have nine digits from 1973 on: `2026` is a year. */
const LEAST_EPOCH = 1e8;

/**
 * A time as people type it, in µs since the epoch: `2026`, `2026-04`, `2026-04-10`, `2026-04-10T14:32`, or `2h` and `7d` ago;
 * without a zone in local time. A day, a month or a minute is all of it: `edge` says whether its first or its last
 * microsecond is meant. Undefined for anything else, such as 30 February.
 */
export function momentOf(text: string, nowUs: number, edge: 'first' | 'last' = 'first'): number | undefined {
  const typed = text.trim();
  const ago = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(typed);
  if (ago) return Math.round(nowUs - Number(ago[1]) * AGO[ago[2]!]! * 1e6);
  const calendar = CALENDAR.exec(typed);
  if (calendar) return calendarMoment(calendar.slice(1), edge);
  if (/^\d/.test(typed) && Number(typed) < LEAST_EPOCH) return undefined;
  const us = parseTimestamp(typed);
  const zoned = ZONED.exec(typed);
  const unitUs = zoned && edge === 'last' ? (zoned[1] === undefined ? 60e6 : 1e6) : 1;
  return us === undefined ? undefined : us + unitUs - 1;
}

function calendarMoment(typed: readonly (string | undefined)[], edge: 'first' | 'last'): number | undefined {
  const parts = typed.filter((part) => part !== undefined).map(Number);
  const first = dateOf(parts);
  const said = [
    first.getFullYear(),
    first.getMonth() + 1,
    first.getDate(),
    first.getHours(),
    first.getMinutes(),
    first.getSeconds(),
  ];
  // A Date makes 2 March of 30 February. An hour that a change of clocks leaves out is the next one.
  if (parts.slice(0, 3).some((part, at) => part !== said[at])) return undefined;
  if ((parts[3] ?? 0) > 23 || (parts[4] ?? 0) > 59 || (parts[5] ?? 0) > 59) return undefined;
  if (edge === 'first') return first.getTime() * 1000;
  return dateOf([...parts.slice(0, -1), parts.at(-1)! + 1]).getTime() * 1000 - 1;
}

function dateOf([
  year = 1970,
  month = 1,
  day = 1,
  hour = 0,
  minute = 0,
  second = 0,
]: readonly number[]): Date {
  const date = new Date(0);
  // To `new Date` a year below 100 is one of the last century. The time of day comes last: the minute after 23:59 is tomorrow's.
  date.setFullYear(year, month - 1, day);
  date.setHours(hour, minute, second, 0);
  return date;
}

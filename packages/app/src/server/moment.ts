import { parseTimestamp } from '@tacho/trace/model/time';

const AGO: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A time as people type it, in µs since the epoch: `2026-04-10`, `2026-04-10T14:32`, or `2h` and `7d` ago. Undefined for anything else. */
export function momentOf(text: string, nowUs: number): number | undefined {
  const ago = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text);
  return ago ? Math.round(nowUs - Number(ago[1]) * AGO[ago[2]!]! * 1e6) : parseTimestamp(text);
}

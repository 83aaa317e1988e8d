import { asNumber, isObject, type JsonObject } from '../../model/json.ts';
import { parseTimestamp } from '../../model/time.ts';
import { UNKNOWN_TIME_US } from '../unknown-time.ts';

/** Times that the model can hold: from 1973 to the year 5138. */
const FIRST_US = 1e14;
const LAST_US = 1e17;

/** What a trace's times count from. */
export type Clock = {
  /** Epoch µs of the trace's time 0. */
  readonly baseUs: number;
  /** How that is known; `none` when the trace says nothing: its time 0 is shown as the first moment of 2000. */
  readonly from: 'origin' | 'epoch' | 'stated' | 'file name' | 'none';
};

/** Where programs say when their time 0 was: the member of the trace, the field in it, and its unit in µs. */
const ORIGINS: readonly (readonly [member: string, field: string | undefined, us: number])[] = [
  // PyTorch's profiler, VizTracer, clang, Bazel.
  ['baseTimeNanoseconds', undefined, 1e-3],
  ['viztracer_metadata', 'baseTimeNanoseconds', 1e-3],
  ['beginningOfTime', undefined, 1],
  ['otherData', 'profile_start_ts', 1e3],
];

/** Words for when the recording began. DevTools, Chrome's own recorder, and what programs write by themselves. */
const STATED = [
  'startTime',
  'start_time',
  'trace-capture-datetime',
  'started_at',
  'timestamp',
  'start',
] as const;

/** `20260410T143201Z-…` in UTC, `20260410_143201_…` in local time: how the first seed names its runs. */
const NAME = /^(\d{4})(\d\d)(\d\d)[T_](\d\d)(\d\d)(\d\d)(Z?)(?=[-_.]|$)/;

/** What is known where the first times are to be told: the members so far, the earliest time of the trace, its name. */
export type ClockFacts = {
  readonly members: ReadonlyMap<string, unknown>;
  readonly firstTs: number | undefined;
  readonly fileName: string | undefined;
};

export function clockOf({ members, firstTs = 0, fileName = '' }: ClockFacts): Clock {
  const metadata = members.get('metadata');
  const origin = isObject(metadata) ? asNumber(metadata.start_us) : undefined;
  if (origin !== undefined && isPossible(origin)) return { baseUs: origin, from: 'origin' };
  if (isPossible(firstTs)) return { baseUs: 0, from: 'epoch' };
  const said = saidOrigin(members);
  if (said !== undefined) return { baseUs: said, from: 'origin' };
  const stated = statedStart(metadata) ?? statedStart(members.get('otherData'));
  // The recording begins with its first event; where its clock counts from, nobody says.
  if (stated !== undefined) return { baseUs: stated - firstTs, from: 'stated' };
  const named = startInName(fileName);
  if (named !== undefined) return { baseUs: named - firstTs, from: 'file name' };
  return { baseUs: UNKNOWN_TIME_US, from: 'none' };
}

function isPossible(us: number): boolean {
  return us > FIRST_US && us < LAST_US;
}

function saidOrigin(members: ClockFacts['members']): number | undefined {
  for (const [name, field, unit] of ORIGINS) {
    const member = members.get(name);
    const said = asNumber(field === undefined ? member : isObject(member) ? member[field] : undefined);
    if (said !== undefined && isPossible(said * unit)) return said * unit;
  }
  return undefined;
}

function statedStart(member: unknown): number | undefined {
  if (!isObject(member)) return undefined;
  for (const word of STATED) {
    const us = parseTimestamp((member as JsonObject)[word]);
    if (us !== undefined && isPossible(us)) return us;
  }
  return undefined;
}

function startInName(fileName: string): number | undefined {
  const match = NAME.exec(fileName);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, zone] = match;
  const us = parseTimestamp(`${year}-${month}-${day}T${hour}:${minute}:${second}${zone}`);
  return us !== undefined && isPossible(us) ? us : undefined;
}

/** Epoch µs, whole: ends and starts are rounded alike, so that what touches goes on touching. */
export function usOf(clock: Clock, ts: number): number {
  return Math.min(LAST_US - 1, Math.max(FIRST_US + 1, Math.round(clock.baseUs + ts)));
}

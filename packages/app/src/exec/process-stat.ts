import { procText } from './proc-file.ts';

/** Linux counts processor time for programs in hundredths of a second, whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100;

/** One process as /proc/PID/stat tells of it. */
export type ProcessStat = {
  /** In ticks since boot: with the number it names a process for good. */
  readonly started: string;
  /** It has ended, and waits for somebody to collect it. */
  readonly ended: boolean;
  readonly group: number;
  /** The group that its terminal belongs to now; -1 without a terminal. */
  readonly foregroundGroup: number;
  /** Pages it had to be given, again and again where it gave them back: what it holds comes of them. With those of descendants that were waited for. */
  readonly faults: number;
  /** Of those, the descendants'. */
  readonly faultsWaited: number;
  readonly own: ProcessorTime;
  /** Of all descendants that were waited for, by the process or by one that was itself waited for. */
  readonly waited: ProcessorTime;
};

/** Seconds of the processor, in the program and in the kernel on its behalf. */
export type ProcessorTime = { readonly userS: number; readonly systemS: number };

/** Undefined when there is no such process, and outside Linux. */
export function statOf(pid: number | 'self'): ProcessStat | undefined {
  const text = procText(`/proc/${pid}/stat`);
  return text === undefined ? undefined : parseStat(text);
}

/** The second field is the program's name in parentheses, and may itself hold spaces and parentheses. */
export function parseStat(text: string): ProcessStat | undefined {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  // proc(5) counts from 1; the first field behind the name is its third.
  const field = (number: number): number => Number(fields[number - 3]);
  const seconds = (number: number): number => field(number) / TICKS_PER_SECOND;
  const started = fields[22 - 3];
  if (started === undefined || !Number.isFinite(field(17))) return undefined;
  return {
    started,
    ended: fields[0] === 'Z' || fields[0] === 'X',
    group: field(5),
    foregroundGroup: field(8),
    faults: field(10) + field(11) + field(12) + field(13),
    faultsWaited: field(11) + field(13),
    own: { userS: seconds(14), systemS: seconds(15) },
    waited: { userS: seconds(16), systemS: seconds(17) },
  };
}

export function sumOfTimes(times: Iterable<ProcessorTime>): ProcessorTime {
  let userS = 0;
  let systemS = 0;
  for (const time of times) {
    userS += time.userS;
    systemS += time.systemS;
  }
  return { userS, systemS };
}

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { RunHeader } from '@tacho/trace/model/run';

/** Linux counts process starts in hundredths of a second since boot, whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100;
/** A process that began this much after the run is another one. Boot time has whole seconds, and clocks get set. */
const SLACK_S = 10;

/**
 * Whether the process that recorded a run is still alive on this machine: false when it is gone, or when its number
 * belongs to a younger process; undefined when it ran elsewhere or said nothing of itself.
 */
export function processAlive(run: Pick<RunHeader, 'process' | 'startUs'>): boolean | undefined {
  const recorded = run.process;
  if (!recorded || recorded.pid <= 0 || recorded.host !== hostname()) return undefined;
  if (!exists(recorded.pid)) return false;
  const startedS = startOf(recorded.pid);
  if (startedS === 'gone') return false;
  return startedS === undefined || run.startUs <= 0 || startedS <= run.startUs / 1e6 + SLACK_S;
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is there, but somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, in epoch seconds; 'gone' for one that has ended and waits to be collected. Undefined outside Linux. */
function startOf(pid: number): number | 'gone' | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in parentheses, and may itself hold spaces and parentheses.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return 'gone';
    const ticks = Number(fields[18]);
    return Number.isFinite(ticks) ? bootS() + ticks / TICKS_PER_SECOND : undefined;
  } catch {
    return undefined;
  }
}

/** Read every time: it moves when the clock is set. */
function bootS(): number {
  const line = /^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1'));
  return Number(line?.[1] ?? Number.NaN);
}

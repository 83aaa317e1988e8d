import type { StageRow, StageTable } from '@tacho/trace/analysis/stage-table';
import { cpuOf, type StageUse } from '@tacho/trace/model/stage-use';
import { bytes, clock, duration } from '../../ui/format.ts';
import type { AnyStatus } from '../status.tsx';

/** What to call a stage's status here: a stage is skipped, not cancelled, where something says why it never ran. */
export function lookOf({ status, use, endUs }: StageRow, running: boolean): AnyStatus {
  switch (status) {
    case 'planned':
      return running ? 'queued' : 'planned';
    case 'cancelled':
      return use?.reason === undefined ? 'cancelled' : 'skipped';
    case 'error':
      // The run ended before the stage did.
      return endUs === undefined ? 'torn' : 'failed';
    default:
      return status;
  }
}

/** How long a stage took, or takes by now. Undefined for one that never ran. */
export function lengthOf(row: StageRow, nowUs: number): number | undefined {
  if (row.startUs === undefined || row.use?.reason !== undefined) return undefined;
  return Math.max(0, (row.endUs ?? nowUs) - row.startUs);
}

/** A length of time as it stands in the table: a clock while it grows. */
export function timeText(us: number | undefined, growing: boolean): string {
  return growing ? clock(us) : duration(us);
}

/** What a row says beside its name, in the order in which a person would ask. */
export function noteOf({ error, use }: StageRow): string {
  const tries = use?.attempts === undefined ? undefined : `${use.attempts} attempts`;
  return [tries, error ?? use?.reason].filter((part) => part !== undefined).join(' · ');
}

/** The two parts of a stage's time of the processor, and how many processors that keeps busy. */
export function cpuWords(use: StageUse | undefined, wallUs: number | undefined, running: boolean): string {
  if (use === undefined || cpuOf(use) === null) return 'Not known: nobody measured it';
  const parts = `${duration(use.cpuUserUs)} user, ${duration(use.cpuSystemUs)} system`;
  if (running) return `${parts}, so far`;
  return wallUs === undefined || wallUs === 0
    ? parts
    : `${parts}: ${(cpuOf(use)! / wallUs).toFixed(2)} processors busy on average`;
}

/** All processes at one moment, and the largest of them. */
export function memoryWords(use: StageUse | undefined): string {
  const { peakTreeRssBytes: all = null, maxRssBytes: largest = null } = use ?? {};
  const parts = [
    ...(all === null ? [] : [`${bytes(all)} by all processes at one moment`]),
    ...(largest === null ? [] : [`${bytes(largest)} by the largest process`]),
  ];
  return parts.length === 0 ? 'Not known: nobody measured it' : parts.join(', ');
}

/** Which figures anybody in the run has: what nobody has needs no column. */
export function figuresIn({ rows, outside, total }: StageTable): {
  cpu: boolean;
  memory: boolean;
  calls: boolean;
  usage: boolean;
} {
  const all = outside === undefined ? rows : [...rows, outside];
  return {
    // Known to be unknown is worth a column, too: it was to be measured.
    cpu: rows.some(({ use }) => use !== undefined && use.cpuUserUs !== null) || total.cpuUs !== null,
    memory: total.peakBytes !== null,
    calls: all.some(({ calls }) => calls > 0),
    usage: all.some(({ tokens, costUsd, unpriced }) => tokens + unpriced > 0 || costUsd !== 0),
  };
}

/** What of the whole a row is: of the cost as far as it is known, else of the tokens, else of the run's time. */
export function shareIn(
  { total }: StageTable,
  wholeUs: number,
): {
  of: 'cost' | 'tokens' | 'time';
  share: (row: Partial<StageRow>, lengthUs?: number) => number | undefined;
} {
  const { costUsd, tokens } = total;
  if (costUsd !== null && costUsd > 0) return { of: 'cost', share: (row) => (row.costUsd ?? 0) / costUsd };
  if (tokens > 0) return { of: 'tokens', share: (row) => (row.tokens ?? 0) / tokens };
  return {
    of: 'time',
    share: (_, lengthUs) => (lengthUs === undefined || wholeUs === 0 ? undefined : lengthUs / wholeUs),
  };
}

import { kindAt, type SpanColumns, statusAt, textAt } from '../model/columns.ts';
import type { Liveness, OpenWork, PastSilence } from '../model/open-work.ts';
import type { Run } from '../model/run.ts';
import type { UsualTime } from '../model/usual-time.ts';
import { isOpen } from './extent.ts';
import { agentOwners, countBelow, lastActivity } from './owners.ts';
import { pastStalls } from './past-stalls.ts';
import { silencesOf } from './stalls.ts';
import type { SpanTree } from './tree.ts';

/** The innermost open spans of a run, the worst first. `nowUs` is the time of asking, also when the process has died. */
export function openWork(
  run: Run,
  columns: SpanColumns,
  tree: SpanTree,
  nowUs: number,
  history: readonly UsualTime[] = [],
): OpenWork[] {
  if (run.status !== 'running' && run.status !== 'interrupted') return [];
  const dead = run.status === 'interrupted';
  const openBelow = countBelow(columns, tree, (no) => isOpen(columns, no));
  const last = lastActivity(columns, tree);
  const owner = agentOwners(columns, tree);
  const silences = new Map(silencesOf(columns, tree, nowUs, history).map((silence) => [silence.no, silence]));
  const found: OpenWork[] = [];
  for (let no = 0; no < columns.count; no++) {
    if (!isOpen(columns, no) || openBelow[no] !== 0 || statusAt(columns, no) !== 'unset') continue;
    const silence = silences.get(no);
    found.push({
      ...workAt(run, columns, owner, no),
      silentUs: Math.max(0, nowUs - last[no]!),
      ...(silence?.usualUs !== undefined && { usualUs: silence.usualUs }),
      state: dead ? 'dead' : (silence?.state ?? 'working'),
    });
  }
  return found.sort((a, b) => WORST.indexOf(a.state) - WORST.indexOf(b.state) || b.silentUs - a.silentUs);
}

/** Work that stalled and went on, the longest silence first. */
export function pastSilences(run: Run, columns: SpanColumns, tree: SpanTree): PastSilence[] {
  const stalls = pastStalls(columns, tree);
  // It is asked every second, and most runs have none.
  if (stalls.length === 0) return [];
  const owner = agentOwners(columns, tree);
  return stalls
    .map(({ no, ...stall }) => ({ ...workAt(run, columns, owner, no), ...stall }))
    .sort((a, b) => b.silentUs - a.silentUs || a.fromUs - b.fromUs);
}

function workAt(
  run: Run,
  columns: SpanColumns,
  owner: Int32Array,
  no: number,
): Pick<OpenWork, 'spanId' | 'name' | 'kind' | 'agent' | 'startUs'> {
  const agent = owner[no]!;
  return {
    spanId: run.spans[no]!.spanId,
    name: textAt(columns, 'name', no),
    kind: kindAt(columns, no),
    agent: agent < 0 ? '' : textAt(columns, 'name', agent),
    startUs: columns.startUs[no]!,
  };
}

const WORST: readonly Liveness[] = ['dead', 'stalled', 'slow', 'working'];

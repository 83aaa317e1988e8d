import { type Dependencies, THE_RUN } from './dependencies.ts';
import { restUs, type Schedule, scheduleOf } from './schedule.ts';

/** A stretch of the path: one span at its own work, or nobody (-1). Times in µs since the epoch. */
export type PathSegment = { readonly no: number; readonly fromUs: number; readonly toUs: number };

/**
 * The chain of work that decides how long a run takes: from its first start to its last end without a gap. Shorten
 * anything else, and the run takes as long as before.
 */
export type CriticalPath = {
  /** In the order of time; together they are exactly the run's time. */
  readonly segments: readonly PathSegment[];
  /** µs of every span's own work on the path. */
  readonly onPathUs: Float64Array;
};

/** Walks back from the last end, from each event to the one that it waited for last. */
export function criticalPathOf(
  dependencies: Dependencies,
  schedule: Schedule = scheduleOf(dependencies),
): CriticalPath {
  const { count, startedIn } = dependencies;
  const onPathUs = new Float64Array(count);
  const segments: PathSegment[] = [];
  const add = (no: number, fromUs: number, toUs: number): void => {
    if (toUs <= fromUs) return;
    if (no >= 0) onPathUs[no] = onPathUs[no]! + toUs - fromUs;
    const later = segments.at(-1);
    if (later?.no === no && later.fromUs === toUs) segments[segments.length - 1] = { ...later, fromUs };
    else segments.push({ no, fromUs, toUs });
  };
  const lastUs = schedule.last < 0 ? dependencies.fromUs : schedule.toUs - restUs(dependencies);
  add(THE_RUN, lastUs, schedule.toUs);
  let no = schedule.last;
  let atEnd = true;
  while (no >= 0) {
    // Ends lead to what ended last inside, or to the own start; starts to what ended before, or to the start above.
    const owner = atEnd ? no : startedIn[no]!;
    const after: number = atEnd ? schedule.endAfter[no]! : schedule.startAfter[no]!;
    const toUs = atEnd ? schedule.endUs[no]! : schedule.startUs[no]!;
    const next = after >= 0 ? after : owner;
    const fromUs =
      after >= 0 ? schedule.endUs[after]! : next < 0 ? dependencies.fromUs : schedule.startUs[next]!;
    add(owner, fromUs, toUs);
    no = next;
    atEnd = after >= 0;
  }
  return { segments: segments.reverse(), onPathUs };
}

/**
 * Slack of every span in µs: how much later it could have ended without the run ending later. 0 on the critical path;
 * never negative.
 */
export function slackOf(dependencies: Dependencies): Float64Array {
  const { count, events, startedIn, endedIn, waitsFor, joins, endUs, toUs, gapUs } = dependencies;
  const slack = new Float64Array(count);
  // The latest moment at which what is inside a span, or in the run, so far must be over.
  const latest = new Float64Array(count + 1).fill(Number.POSITIVE_INFINITY);
  latest[count] = toUs - restUs(dependencies);
  const awaitedBy = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  for (let at = events.length - 1; at >= 0; at--) {
    const event = events[at]!;
    const no = event >> 1;
    if ((event & 1) === 1) {
      const end = Math.min(latest[slot(count, endedIn[no]!)]!, awaitedBy[no]!);
      slack[no] = Math.max(0, end - endUs[no]!);
      latest[no] = Math.min(latest[no]!, end - gapUs[event]!);
      continue;
    }
    if (joins[no] === 0) continue;
    const start = latest[no]! - gapUs[event]!;
    const frame = slot(count, startedIn[no]!);
    latest[frame] = Math.min(latest[frame]!, start);
    for (const awaited of waitsFor.get(no) ?? []) awaitedBy[awaited] = Math.min(awaitedBy[awaited]!, start);
  }
  return slack;
}

/** The run has the place after its spans. */
function slot(count: number, no: number): number {
  return no < 0 ? count : no;
}

/** Spans that went on after the span above them had ended: nobody above may have waited for them. */
export function outlivingOf(dependencies: Dependencies, parent: Int32Array): number[] {
  const { count, endUs } = dependencies;
  const found: number[] = [];
  for (let no = 0; no < count; no++) {
    const up = parent[no]!;
    if (up >= 0 && endUs[no]! > endUs[up]!) found.push(no);
  }
  return found;
}

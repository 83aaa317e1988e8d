import { asString, isObject, type JsonObject } from '../../model/json.ts';
import { usToSeconds } from '../../model/time.ts';
import { lastOfPath } from '../excerpt.ts';
import { agentSpanId } from './identity.ts';
import type { Progress } from './progress.ts';

/**
 * A result refers to a subagent's trajectory: the agent belongs under what ran it. What it did is told by its own trajectory,
 * in this file or another; without that, it is a moment. Ids come first, as from version 1.7 on; sessions named it before.
 */
export function linkSubagent(progress: Progress, ref: JsonObject, parent: string, us: number): void {
  const path = asString(ref.trajectory_path);
  const session = asString(ref.session_id);
  const own = session === progress.identity.runId ? undefined : session;
  const id = asString(ref.trajectory_id) ?? own ?? path;
  if (id === undefined) return;
  const summary = isObject(ref.extra) ? asString(ref.extra.summary) : undefined;
  progress.isPartial = true;
  progress.batch.span(agentSpanId(id), {
    ts: usToSeconds(us),
    end_ts: usToSeconds(us),
    kind: 'agent',
    component: summary ?? (path === undefined ? 'subagent' : lastOfPath(path)),
    parent,
  });
}

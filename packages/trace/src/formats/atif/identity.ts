import { asCount, asString, isObject, type JsonObject } from '../../model/json.ts';

/** The agent of a trajectory that has no id of its own. */
export const ROOT = 'atif';

/** Which part of which run a trajectory is. */
export type Identity = {
  runId: string | undefined;
  /** The agent's span. */
  spanId: string;
  /** In front of the ids of its steps: parts of one run must not share any. */
  prefix: string;
  /** A part of the run that another file begins. */
  isPart: boolean;
  /** Goes on where another trajectory of the same agent ended: 1 for the first continuation. */
  continuation: number;
  /** It is a subagent's, of a session that is another file's. */
  isSubagent: boolean;
  /** A subagent's place until what ran it is known. */
  home: string;
};

export function agentSpanId(id: string): string {
  return `agent:${id}`;
}

/**
 * A session is a run. Subagents' files name their session in the agent's `extra`, as Harbor's own agents write it;
 * continuations bear its id, and their number there or in their file's name.
 */
export function identityOf(header: JsonObject, fileName: string | undefined): Identity {
  const agent = isObject(header.agent) ? header.agent : {};
  const extra = isObject(agent.extra) ? agent.extra : {};
  const sessionId = asString(header.session_id);
  const trajectoryId = asString(header.trajectory_id);
  const parent = asString(extra.parent_session_id);
  const continuation =
    asCount(extra.continuation_index) ?? asCount(/\.cont-(\d+)\./.exec(fileName ?? '')?.[1]) ?? 0;
  const isSubagent = parent !== undefined && parent !== sessionId;
  const own = trajectoryId ?? (isSubagent ? sessionId : undefined);
  const spanId = own === undefined ? ROOT : agentSpanId(own);
  const base = own === undefined ? '' : `${spanId}/`;
  return {
    runId: parent ?? sessionId ?? trajectoryId,
    spanId,
    prefix: continuation > 0 ? `${base}cont-${continuation}/` : base,
    isPart: isSubagent || continuation > 0,
    continuation,
    isSubagent,
    home: ROOT,
  };
}

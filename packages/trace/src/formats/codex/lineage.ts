import { asString, isObject, type JsonObject } from '../../model/json.ts';

/** Where a thread comes from, by the first lines of its file. */
export type Lineage = {
  threadId: string | undefined;
  /** The run: the session, which its subagents' threads share. */
  runId: string | undefined;
  forkedFrom: string | undefined;
  /** Set for the thread of a subagent. */
  subagent:
    | { parentThread: string | undefined; role: string | undefined; name: string | undefined }
    | undefined;
};

/** Newer files say all of it in plain fields, older ones in the source of the thread. */
export function lineageOf(meta: JsonObject): Lineage {
  const threadId = asString(meta.id) ?? asString(meta.session_id);
  const source = isObject(meta.source) ? meta.source : {};
  const origin = source.subagent ?? source.sub_agent;
  const told = isObject(origin) ? origin : {};
  const spawn = isObject(told.thread_spawn) ? told.thread_spawn : told;
  const parentThread = asString(meta.parent_thread_id) ?? asString(spawn.parent_thread_id);
  const session = asString(meta.session_id);
  const says = origin !== undefined || meta.thread_source === 'subagent';
  // One that names nobody it belongs to, as a review does, is all there is of its run.
  const isSubagent = says && (parentThread !== undefined || (session !== undefined && session !== threadId));
  return {
    threadId,
    runId:
      isSubagent && (session === undefined || session === threadId)
        ? (parentThread ?? threadId)
        : (session ?? threadId),
    forkedFrom: asString(meta.forked_from_id),
    subagent: isSubagent
      ? {
          parentThread,
          role:
            asString(meta.agent_role) ??
            asString(spawn.agent_role) ??
            asString(origin) ??
            asString(told.other),
          name: asString(meta.agent_nickname) ?? asString(spawn.agent_nickname),
        }
      : undefined,
  };
}

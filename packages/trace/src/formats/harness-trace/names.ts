/** The seed's words for the members of a span and of a trace, and what others write in their place. */
const SAME: Readonly<Record<string, readonly string[]>> = {
  span_id: ['id', 'spanId'],
  trace_id: ['traceId'],
  session_id: ['sessionId'],
  parent_id: ['parent_span_id', 'parentId', 'parent_run_id'],
  start_time: ['start', 'begin', 'startTime', 'started_at'],
  end_time: ['end', 'endTime', 'ended_at'],
  timestamp: ['time', 'ts'],
  inputs: ['input'],
  outputs: ['output'],
  metadata: ['attributes'],
  usage_metadata: ['usageMetadata', 'usage'],
  kind: ['type', 'span_type', 'run_type'],
};

const CANONICAL = new Map(
  Object.entries(SAME).flatMap(([name, others]) => others.map((other) => [other, name])),
);

/** The seed's word for a member. */
export function seedName(key: string): string {
  return CANONICAL.get(key) ?? key;
}

/** Lists of spans, which are read to any depth. */
export const SPAN_LISTS = ['spans', 'children'] as const;
export const EVENT_LIST = 'events';

/** Under which our own writer puts, in `metadata`, what the seed has no words for. */
export const OWN = 'tacho';
export const OWN_VERSION = 1;

/** The trace itself as a span, where it has something to say of itself; a trace of ours has one only if the run has. */
export const ROOT_ID = 'trace';
export const ROOT_ROLE = 'trace';

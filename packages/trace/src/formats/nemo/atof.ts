import { contentId } from '../../model/ids.ts';
import { asString, isObject, type JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import { parseTimestamp, usToSeconds } from '../../model/time.ts';
import { toolKind } from '../../model/tool-category.ts';
import { printable } from '../excerpt.ts';
import { usageOf } from './usage.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const REMEMBERED = 50_000;
const KINDS: Record<string, string> = {
  agent: 'agent',
  llm: 'llm',
  tool: 'tool',
  retriever: 'retrieval',
  embedder: 'embedding',
  evaluator: 'evaluation',
  reranker: 'retrieval',
};

/** Events of the Agent Trajectory Observability Format, 0.1: scopes that start and end, and marks. */
export class AtofEvents {
  readonly #emit: (record: TraceRecord) => void;
  readonly #runOf = new Map<string, string>();
  #current: string | undefined;

  constructor(emit: (record: TraceRecord) => void) {
    this.#emit = emit;
  }

  /** Takes one event in. Gives what is wrong with it. */
  read(event: JsonObject): string | undefined {
    const uuid = event.uuid as string;
    const us = parseTimestamp(event.timestamp);
    if (us === undefined) return 'the field "timestamp" is no time';
    const ts = usToSeconds(us);
    const parent = asString(event.parent_uuid);
    const runId =
      this.#runOf.get(uuid) ??
      (parent === undefined ? undefined : (this.#runOf.get(parent) ?? this.#current)) ??
      runIdOf(event, uuid);
    this.#remember(uuid, runId);
    const name = asString(event.name) ?? 'scope';
    if (event.kind === 'mark') {
      const attributes =
        event.data === undefined || event.data === null ? {} : { data: printable(event.data) };
      if (parent !== undefined)
        this.#emit({ event: 'span_event', run_id: runId, span_id: parent, ts, name, attributes });
      return undefined;
    }
    if (event.scope_category === 'start') {
      if (parent === undefined)
        this.#emit({ event: 'run_start', run_id: runId, ts, name, labels: { agent: name } });
      this.#emit({
        event: 'span',
        run_id: runId,
        span_id: uuid,
        ts,
        ...described(event, name, parent),
        inputs: printable(event.data),
      });
    } else if (event.scope_category === 'end') {
      const data = isObject(event.data) ? event.data : {};
      const usage = event.category === 'llm' ? usageOf(data.usage) : undefined;
      const message =
        asString(data.error) ?? (isObject(data.error) ? asString(data.error.message) : undefined);
      this.#emit({
        event: 'span_end',
        run_id: runId,
        span_id: uuid,
        ts,
        ...described(event, name, parent),
        status: message === undefined ? 'ok' : 'error',
        ...(message !== undefined && { error: { message } }),
        outputs: printable(event.data),
        ...(usage !== undefined && { usage }),
      });
      if (parent === undefined)
        this.#emit({ event: 'run_end', run_id: runId, ts, status: message === undefined ? 'ok' : 'error' });
    } else return 'the field "scope_category" is neither "start" nor "end"';
    return undefined;
  }

  #remember(uuid: string, runId: string): void {
    this.#current = runId;
    this.#runOf.set(uuid, runId);
    if (this.#runOf.size > REMEMBERED) this.#runOf.delete(this.#runOf.keys().next().value!);
  }
}

/** Ids may be as short as `agent-001`: where they are no UUIDs, the run's says what it began with as well. */
function runIdOf(event: JsonObject, uuid: string): string {
  return UUID.test(uuid)
    ? uuid
    : `${uuid}-${contentId(JSON.stringify([event.timestamp, event.name, event.data ?? null]))}`;
}

function described(event: JsonObject, name: string, parent: string | undefined): JsonObject {
  const category = asString(event.category) ?? 'unknown';
  const profile = isObject(event.category_profile) ? event.category_profile : {};
  const model = asString(profile.model_name);
  const callId = asString(profile.tool_call_id);
  const kind = Object.hasOwn(KINDS, category) ? KINDS[category]! : 'task';
  const attributes: JsonObject = {
    ...(Array.isArray(event.attributes) &&
      event.attributes.length > 0 && { flags: printable(event.attributes) }),
    ...(isObject(event.data_schema) && { data_schema: printable(event.data_schema) }),
    ...(isObject(event.metadata) && { metadata: printable(event.metadata) }),
  };
  return {
    ...(parent !== undefined && { parent }),
    name,
    kind,
    ...(kind === 'task' && { role: category }),
    ...(kind === 'llm' && { model: model ?? name }),
    ...(kind === 'tool' && {
      tool: { name, category: toolKind(name).category, ...(callId !== undefined && { call_id: callId }) },
    }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

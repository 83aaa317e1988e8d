import { asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SpanRecord, TraceRecord } from '../../model/record.ts';
import { cutText } from '../../model/short-text.ts';
import { parseTimestamp, usToSeconds } from '../../model/time.ts';
import { toolKind } from '../../model/tool-category.ts';
import { contentText, printable, titleOf, unpackedJson } from '../excerpt.ts';
import { usageOf } from './usage.ts';

type Open = {
  readonly runId: string;
  readonly parent: string | undefined;
  readonly category: string;
  readonly startUs: number;
  firstTokenUs?: number;
  chunks: number;
};
type Run = {
  lastUs: number;
  failed: boolean;
  ended: boolean;
  workflow: string | undefined;
  started: boolean;
};

/** Steps of which the run is remembered. */
const REMEMBERED = 50_000;
const NO_END = 'no end was recorded: the toolkit writes none for what raises an error';

/** Intermediate steps, as they come, to records. Starts and ends belong together by their UUID. */
export class Steps {
  readonly #emit: (record: TraceRecord) => void;
  readonly #fallback: string;
  readonly #open = new Map<string, Open>();
  readonly #runOf = new Map<string, string>();
  readonly #runs = new Map<string, Run>();
  #current: string | undefined;

  constructor(emit: (record: TraceRecord) => void, fallback: string) {
    this.#emit = emit;
    this.#fallback = fallback;
  }

  /** Takes one step in; `request` names the run where the source keeps requests apart. Gives what is wrong with it. */
  read(step: JsonObject, request?: string): string | undefined {
    const payload = step.payload as JsonObject;
    const uuid = payload.UUID as string;
    const [, category = '', state = ''] =
      /^([A-Z_]+?)_(START|END|NEW_TOKEN|CHUNK)$/.exec(String(payload.event_type)) ?? [];
    if (category === '')
      return `unknown event_type ${JSON.stringify(payload.event_type)}; expected LLM_START, TOOL_END …`;
    const us = parseTimestamp(payload.event_timestamp);
    if (us === undefined) return 'the field "event_timestamp" is no time';
    const runId = this.#findRun(step, uuid, category, request);
    const run = this.#run(runId);
    if (us > run.lastUs) run.lastUs = us;
    if (state === 'START') this.#start(step, payload, { uuid, category, us, runId });
    else if (state === 'END') this.#end(step, payload, { uuid, category, us, runId });
    else this.#chunk(uuid, us);
    return undefined;
  }

  /** The source has no more steps: a workflow of which a part failed raised that error, and has no end of its own. */
  finish(): void {
    for (const [runId, run] of this.#runs) {
      if (run.ended || !run.failed || run.workflow === undefined) continue;
      const error = { type: 'raised', message: NO_END };
      const end_ts = usToSeconds(run.lastUs);
      this.#emit({ event: 'span', run_id: runId, span_id: run.workflow, end_ts, status: 'error', error });
      this.#emit({ event: 'run_end', run_id: runId, ts: end_ts, status: 'error', error });
    }
  }

  #run(runId: string): Run {
    let run = this.#runs.get(runId);
    if (run === undefined) {
      run = { lastUs: 0, failed: false, ended: false, workflow: undefined, started: false };
      this.#runs.set(runId, run);
      if (this.#runs.size > REMEMBERED) this.#runs.delete(this.#runs.keys().next().value!);
    }
    return run;
  }

  #findRun(step: JsonObject, uuid: string, category: string, request: string | undefined): string {
    const parent = parentOf(step);
    const known = this.#runOf.get(uuid) ?? (parent === undefined ? undefined : this.#runOf.get(parent));
    const begins = category === 'WORKFLOW' && parent === undefined;
    const runId = request ?? known ?? (begins ? uuid : (this.#current ?? this.#fallback));
    if (this.#runOf.size > REMEMBERED) this.#runOf.delete(this.#runOf.keys().next().value!);
    this.#runOf.set(uuid, runId);
    this.#current = runId;
    return runId;
  }

  #start(step: JsonObject, payload: JsonObject, of: Of): void {
    const { uuid, us, runId, category } = of;
    this.#open.set(uuid, { runId, parent: parentOf(step), category, startUs: us, chunks: 0 });
    if (this.#open.size > REMEMBERED) this.#open.delete(this.#open.keys().next().value!);
    this.#begin(step, payload, of, us);
    this.#emit({
      event: 'span',
      run_id: runId,
      span_id: uuid,
      ts: usToSeconds(us),
      ...this.#described(step, payload, category),
    });
  }

  #begin(step: JsonObject, payload: JsonObject, { uuid, category, runId }: Of, startUs: number): void {
    const run = this.#run(runId);
    if (category !== 'WORKFLOW' || parentOf(step) !== undefined || run.started) return;
    run.started = true;
    run.workflow = uuid;
    const name = asString(payload.name) ?? 'workflow';
    const provided = isObject(payload.metadata) ? payload.metadata.provided_metadata : undefined;
    const session = isObject(provided) ? asString(provided.conversation_id) : undefined;
    const task = contentText(dataOf(payload).input);
    this.#emit({
      event: 'run_start',
      run_id: runId,
      ts: usToSeconds(startUs),
      name,
      labels: { agent: name },
      ...(task !== '' && { task: cutText(task, 2000) }),
      ...(session !== undefined && { session_id: session }),
    });
  }

  #described(step: JsonObject, payload: JsonObject, category: string): Partial<SpanRecord> {
    const name = asString(payload.name) ?? category.toLowerCase();
    const parent = parentOf(step);
    const ancestry = isObject(step.function_ancestry) ? step.function_ancestry : {};
    const functionId = asString(ancestry.function_id);
    const fallback =
      functionId !== undefined && functionId !== 'root' && functionId !== payload.UUID
        ? functionId
        : undefined;
    const metadata = isObject(payload.metadata) ? payload.metadata : {};
    const { input } = dataOf(payload);
    const given = metadata.tool_inputs ?? metadata.chat_inputs ?? metadata.span_inputs ?? input;
    const framework = asString(payload.framework);
    const functionName = asString(ancestry.function_name);
    return {
      ...(parent !== undefined ? { parent } : fallback !== undefined && { fallback_parent: fallback }),
      name: category === 'TOOL' || category === 'LLM' ? name : titleOf(name),
      ...kindOf(category, name),
      ...(category === 'LLM' && { model: name, call_key: `nat:${asString(payload.UUID) ?? ''}` }),
      ...(category === 'TOOL' && { tool: { name, category: toolKind(name).category } }),
      ...(given !== undefined && given !== null && { inputs: unpackedJson(given) }),
      attributes: {
        ...(framework !== undefined && { framework }),
        ...(functionName !== undefined && functionName !== 'root' && { function: functionName }),
        ...(Array.isArray(payload.tags) && { tags: printable(payload.tags) }),
      },
    };
  }

  #end(step: JsonObject, payload: JsonObject, of: Of): void {
    const { uuid, category, us, runId } = of;
    const open = this.#open.get(uuid);
    this.#open.delete(uuid);
    const startUs = parseTimestamp(payload.span_event_timestamp) ?? open?.startUs;
    // Only ends are kept by evaluations: the end says all there is to say.
    if (open === undefined) this.#begin(step, payload, of, startUs ?? us);
    const failed =
      category !== 'LLM' &&
      category !== 'TOOL' &&
      this.#abandonBelow(uuid, us) &&
      isEmpty(dataOf(payload).output);
    const metadata = isObject(payload.metadata) ? payload.metadata : {};
    const given = dataOf(payload).output ?? metadata.tool_outputs ?? metadata.span_outputs;
    const model = responseModel(metadata);
    const name = asString(payload.name);
    const usage =
      category === 'LLM' && isObject(payload.usage_info)
        ? usageOf(payload.usage_info.token_usage)
        : undefined;
    const error = failed ? { type: 'raised', message: 'a call inside it raised an error' } : undefined;
    this.#emit({
      event: 'span',
      run_id: runId,
      span_id: uuid,
      ...(open === undefined && this.#described(step, payload, category)),
      ...(startUs !== undefined ? { ts: usToSeconds(Math.min(startUs, us)) } : { ts: usToSeconds(us) }),
      end_ts: usToSeconds(us),
      status: error ? 'error' : 'ok',
      ...(error && { error }),
      ...(category === 'LLM' && model !== undefined && { model }),
      ...(category === 'LLM' &&
        model !== undefined &&
        model !== name && { attributes: { configured_model: name ?? '' } }),
      ...(usage !== undefined && { usage }),
      ...(open?.firstTokenUs !== undefined && { first_token_ts: usToSeconds(open.firstTokenUs) }),
      ...(given !== undefined && given !== null && { outputs: unpackedJson(given) }),
    });
    const run = this.#run(runId);
    if (failed) run.failed = true;
    if (category !== 'WORKFLOW' || parentOf(step) !== undefined) return;
    run.ended = true;
    this.#emit({ event: 'run_end', run_id: runId, ts: usToSeconds(us), status: failed ? 'error' : 'ok' });
  }

  /** What still runs directly below something that ended raised an error. True when there was any. */
  #abandonBelow(uuid: string, us: number): boolean {
    let any = false;
    for (const [child, open] of this.#open) {
      if (open.parent !== uuid) continue;
      this.#open.delete(child);
      any = true;
      this.#emit({
        event: 'span',
        run_id: open.runId,
        span_id: child,
        end_ts: usToSeconds(Math.max(us, open.startUs)),
        status: 'error',
        error: { type: 'raised', message: NO_END },
      });
    }
    return any;
  }

  #chunk(uuid: string, us: number): void {
    const open = this.#open.get(uuid);
    if (open === undefined) return;
    if (open.chunks++ > 0) return;
    open.firstTokenUs = us;
    this.#emit({ event: 'span_update', run_id: open.runId, span_id: uuid, first_token_ts: usToSeconds(us) });
  }
}

type Of = { uuid: string; category: string; us: number; runId: string };

function parentOf(step: JsonObject): string | undefined {
  const parent = asString(step.parent_id);
  return parent === 'root' ? undefined : parent;
}

function dataOf(payload: JsonObject): JsonObject {
  return isObject(payload.data) ? payload.data : {};
}

function isEmpty(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === '';
}

const KINDS: Record<string, string> = { LLM: 'llm', TOOL: 'tool', WORKFLOW: 'agent' };

function kindOf(category: string, name: string): { kind: string; role?: string } {
  const kind = KINDS[category];
  if (kind !== undefined) return category === 'WORKFLOW' ? { kind, role: 'workflow' } : { kind };
  const isAgent = category === 'FUNCTION' && /agent/i.test(name);
  return { kind: isAgent ? 'agent' : 'task', role: category.toLowerCase() };
}

/** The model that answered, where the framework says it: the step's name is the one that was configured. */
function responseModel(metadata: JsonObject): string | undefined {
  const [first] = Array.isArray(metadata.chat_responses) ? metadata.chat_responses : [];
  const message = isObject(first) && isObject(first.message) ? first.message : {};
  const response = isObject(message.response_metadata) ? message.response_metadata : {};
  return asString(response.model_name);
}

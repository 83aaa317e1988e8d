import type { JsonObject, JsonValue } from '../model/json.ts';
import type { ErrorFields } from '../model/record.ts';
import { usToSeconds } from '../model/time.ts';
import { toolKind } from '../model/tool-category.ts';
import { titleOfCall } from './call-titles.ts';
import type { RecordBatch, SpanNews } from './record-batch.ts';

/** Tools of which is remembered that they were called, and that may be at work at one time. */
const REMEMBERED = 20_000;

export const NO_RESULT = 'the conversation went on without a result';

type OpenTool = { readonly spanId: string; readonly name: string; readonly startUs: number };

export type ToolCall = {
  id: string;
  name: string;
  input: JsonValue;
  us: number;
  attributes?: JsonObject;
};

export type ToolResult = {
  us: number;
  status: 'ok' | 'error' | 'cancelled';
  error?: ErrorFields;
  outputs?: JsonValue;
  attributes?: JsonObject;
  /** How long it took, where the source says so: wins over the times of the lines. */
  durationMs?: number;
};

/** The tools that an agent calls, from their calls to their results. */
export class AgentTools {
  readonly #batch: RecordBatch;
  readonly #prefix: string;
  readonly #open = new Map<string, OpenTool>();
  readonly #seen = new Set<string>();

  constructor(batch: RecordBatch, prefix: string) {
    this.#batch = batch;
    this.#prefix = prefix;
  }

  /** How many have no result yet. */
  get atWork(): number {
    return this.#open.size;
  }

  /** A tool is called. False when the call was read before. */
  open(tool: ToolCall, parent: string, callSpan: string | undefined): boolean {
    const { id, name, us } = tool;
    if (this.#seen.has(id)) return false;
    this.#remember(id);
    const spanId = this.spanId(id);
    const { category, server, serverTool } = toolKind(name);
    const attributes: JsonObject = {
      ...(server !== undefined && { mcp_server: server, mcp_tool: serverTool ?? '' }),
      ...tool.attributes,
    };
    this.#batch.span(spanId, {
      ts: usToSeconds(us),
      parent,
      name: titleOfCall(name, tool.input),
      kind: 'tool',
      tool: { name, call_id: id, category },
      inputs: tool.input,
      ...(callSpan !== undefined && { links: [{ type: 'follows_from', span_id: callSpan }] }),
      ...(Object.keys(attributes).length > 0 && { attributes }),
    });
    this.#open.set(id, { spanId, name, startUs: us });
    if (this.#open.size > REMEMBERED) this.abandon(us, NO_RESULT);
    return true;
  }

  spanId(id: string): string {
    return `${this.#prefix}tool:${id}`;
  }

  isOpen(id: string): boolean {
    return this.#open.has(id);
  }

  hasSeen(id: string): boolean {
    return this.#seen.has(id);
  }

  /** The oldest tool of this name that is at work. */
  openNamed(name: string): string | undefined {
    for (const [id, tool] of this.#open) if (tool.name === name) return id;
    return undefined;
  }

  /** More is known of a call. */
  tell(id: string, news: SpanNews): void {
    this.#batch.span(this.spanId(id), news);
  }

  /** A result is there. False when no such tool is at work. */
  close(id: string, result: ToolResult): boolean {
    const tool = this.#open.get(id);
    if (tool === undefined) return false;
    this.#open.delete(id);
    const { us, status, error, outputs, attributes, durationMs } = result;
    this.#batch.span(tool.spanId, {
      end_ts: usToSeconds(Math.max(us, tool.startUs)),
      status,
      ...(durationMs !== undefined && { duration_ms: durationMs }),
      ...(error !== undefined && { error }),
      ...(outputs !== undefined && { outputs }),
      ...(attributes !== undefined && { attributes }),
    });
    return true;
  }

  /** A result without its call: the call lies before the file's beginning, or was damaged. */
  stray(id: string, result: ToolResult, parent: string): void {
    if (this.#seen.has(id)) return;
    this.#remember(id);
    const { us, status, error, outputs } = result;
    this.tell(id, {
      ts: usToSeconds(us),
      end_ts: usToSeconds(us),
      parent,
      name: 'result of an earlier call',
      kind: 'tool',
      tool: { name: 'unknown', call_id: id },
      status,
      ...(error !== undefined && { error }),
      ...(outputs !== undefined && { outputs }),
      attributes: { call_missing: true },
    });
  }

  /** Tools without a result are over all the same when the person stops them, or when the conversation goes on. */
  abandon(us: number, reason: string): void {
    for (const { spanId, startUs } of this.#open.values())
      this.#batch.span(spanId, {
        end_ts: usToSeconds(Math.max(us, startUs)),
        status: 'cancelled',
        error: { type: 'no_result', message: reason },
      });
    this.#open.clear();
  }

  #remember(id: string): void {
    this.#seen.add(id);
    if (this.#seen.size > REMEMBERED) this.#seen.delete(this.#seen.values().next().value!);
  }
}

import { asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { toolKind } from '../../model/tool-category.ts';
import { usageOf } from '../anthropic-usage.ts';
import { titleOfAnswer, titleOfCall } from '../call-titles.ts';
import { agentSpanId, ROOT, toolSpanId } from '../claude-ids.ts';
import { contentText, previewOf, printable } from '../excerpt.ts';
import type { Moment } from './clock.ts';
import type { TimedSpans } from './timed-spans.ts';

/** Calls of which the content is kept: lines of one call stand close together. */
const KEPT_CALLS = 64;
const MOST_NEWS = 50;

type Call = {
  readonly spanId: string;
  readonly blocks: JsonValue[];
  readonly tools: string[];
  text: string;
  total: number;
  /** The stream of events said how many tokens the call wrote in the end. */
  final: boolean;
};
export type OpenTool = {
  readonly id: string;
  readonly spanId: string;
  readonly thread: Thread;
  readonly start: Moment;
  readonly name: string;
  readonly input: JsonObject;
};

/** The main loop's part of an output, or a subagent's. */
export class Thread {
  readonly spanId: string;
  readonly agentId: string | undefined;
  readonly #spans: TimedSpans;
  readonly #prefix: string;
  readonly #calls = new Map<string, Call>();
  #news: JsonValue[] = [];
  /** The newest thing that the model was given. */
  #given: Moment;
  /** The model's newest words. */
  answer = '';
  /** When its first line was written, where that is known. */
  startUs: number | undefined;

  constructor(spans: TimedSpans, agentId: string | undefined, start: Moment) {
    this.#spans = spans;
    this.agentId = agentId;
    this.spanId = agentId === undefined ? ROOT : agentSpanId(agentId);
    this.#prefix = agentId === undefined ? '' : `${this.spanId}/`;
    this.#given = start;
  }

  /** The model is given something. */
  give(item: JsonObject, at: Moment): void {
    if (this.#news.length < MOST_NEWS) this.#news.push(item);
    this.#given = at;
  }

  giveText(type: string, text: string, at: Moment, more: JsonObject = {}): void {
    this.give({ type, ...more, ...previewOf(text) }, at);
  }

  /** Reads a message of the model's; gives the tools that it calls. */
  read(message: JsonObject, requestId: string | undefined, key: string, at: Moment): OpenTool[] {
    const id = asString(message.id) ?? key;
    const model = asString(message.model);
    const call = this.#callOf(id, asString(message.id), requestId, model);
    const content =
      typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
    const tools = Array.isArray(content)
      ? content.flatMap((block, no) => this.#block(call, block, `${key}:${no}`, at))
      : [];
    this.count(call, message.usage, asString(message.stop_reason) !== undefined && call.final);
    this.#spans.end(call.spanId, at, {
      name: titleOfAnswer(call.text, call.tools, call.blocks.length > 0 ? 'thinks' : (model ?? 'model call')),
      status: 'ok',
      // A copy: records handed out are the taker's.
      outputs: [...call.blocks],
    });
    return tools;
  }

  /** Counts of the events that a call is streamed in: the last ones are final. */
  stream(event: JsonObject, at: Moment): void {
    if (event.type === 'message_start' && isObject(event.message)) {
      const id = asString(event.message.id);
      if (id === undefined) return;
      this.#streaming = this.#callOf(id, id, undefined, asString(event.message.model));
      this.count(this.#streaming, event.message.usage, false);
    } else if (event.type === 'message_delta' && this.#streaming !== undefined) {
      this.#streaming.final = true;
      this.count(this.#streaming, event.usage, true);
      this.#spans.end(this.#streaming.spanId, at, {});
    }
  }
  #streaming: Call | undefined;
  readonly #input = new Map<string, JsonObject>();

  /** Messages carry what was known when the call began; only the sum at the end, and events, have what it wrote. */
  count(call: Call, reported: JsonValue | undefined, final: boolean): void {
    // The last event of a stream may leave out what the first one said.
    const known = this.#input.get(call.spanId);
    const whole = isObject(reported) ? { ...known, ...withoutNull(reported) } : undefined;
    const usage = usageOf(whole);
    if (whole === undefined || usage === undefined || usage.total < call.total) return;
    this.#input.set(call.spanId, whole);
    if (this.#input.size > KEPT_CALLS) this.#input.delete(this.#input.keys().next().value!);
    call.total = usage.total;
    this.#spans.tell(call.spanId, { usage: usage.fields, placeholder_output: !final });
  }

  #callOf(
    key: string,
    id: string | undefined,
    requestId: string | undefined,
    model: string | undefined,
  ): Call {
    const known = this.#calls.get(key);
    const call_key = id === undefined || requestId === undefined ? id : `${id}|${requestId}`;
    if (known !== undefined) {
      if (call_key !== undefined && requestId !== undefined) this.#spans.tell(known.spanId, { call_key });
      return known;
    }
    const call = {
      spanId: `${this.#prefix}llm:${key}`,
      blocks: [],
      tools: [],
      text: '',
      total: -1,
      final: false,
    };
    this.#spans.begin(call.spanId, this.#given, {
      ...(this.agentId === undefined ? { fallback_parent: ROOT } : { parent: this.spanId, replay: true }),
      kind: 'llm',
      ...(model !== undefined && { model }),
      ...(call_key !== undefined && { call_key }),
      ...(this.#news.length > 0 && { inputs: this.#news }),
    });
    this.#news = [];
    this.#calls.set(key, call);
    if (this.#calls.size > KEPT_CALLS) this.#calls.delete(this.#calls.keys().next().value!);
    return call;
  }

  #block(call: Call, block: JsonValue, key: string, at: Moment): OpenTool[] {
    if (!isObject(block)) return [];
    const type = asString(block.type) ?? '';
    if (type === 'text' && typeof block.text === 'string') {
      call.blocks.push({ type, text: block.text });
      if (block.text.trim() === '') return [];
      call.text ||= block.text.slice(0, 1000);
      this.answer = block.text;
    } else if (type === 'thinking') call.blocks.push({ type, thinking: asString(block.thinking) ?? '' });
    else if (type.endsWith('tool_use')) return [this.#tool(call, block, key, at)];
    else call.blocks.push(printable(block));
    return [];
  }

  #tool(call: Call, block: JsonObject, key: string, at: Moment): OpenTool {
    const id = asString(block.id) ?? key;
    const name = asString(block.name) ?? 'unnamed tool';
    const spanId = toolSpanId(id, this.agentId);
    const { category, server, serverTool } = toolKind(name);
    call.tools.push(name);
    call.blocks.push({ type: 'tool_use', id, name });
    this.#spans.begin(spanId, at, {
      ...(this.agentId === undefined ? { fallback_parent: ROOT } : { parent: this.spanId }),
      name: titleOfCall(name, block.input),
      kind: 'tool',
      tool: { name, call_id: id, category },
      inputs: printable(block.input),
      links: [{ type: 'follows_from', span_id: call.spanId }],
      ...(server !== undefined && { attributes: { mcp_server: server, mcp_tool: serverTool ?? '' } }),
    });
    return { id, spanId, thread: this, start: at, name, input: isObject(block.input) ? block.input : {} };
  }

  /** A tool's result is there. */
  close(tool: OpenTool, block: JsonObject, result: JsonValue | undefined, at: Moment): void {
    const text = contentText(block.content);
    const failed = block.is_error === true;
    const interrupted = isObject(result) && result.interrupted === true;
    const message = text.replace(/^<tool_use_error>|<\/tool_use_error>$/g, '').trim();
    const notes = isObject(result) ? notesOf(result) : {};
    this.#spans.end(tool.spanId, at, {
      status: interrupted ? 'cancelled' : failed ? 'error' : 'ok',
      ...(failed && { error: { message: message.slice(0, 2000) || 'the tool reports an error' } }),
      outputs: typeof block.content === 'string' || text === '' ? printable(block.content) : text,
      ...(Object.keys(notes).length > 0 && { attributes: notes }),
    });
    this.giveText('tool_result', text, at, { tool_use_id: tool.id });
  }
}

function withoutNull(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

/** Copies of inputs and outputs, and what only the harness needs. */
const NOT_NOTES = new Set(
  'stdout stderr content prompt originalFile oldString newString filePath type agentId totalTokens totalDurationMs totalToolUseCount'.split(
    ' ',
  ),
);

function notesOf(result: JsonObject): JsonObject {
  const plain = Object.entries(result).filter(
    ([key, value]) =>
      !NOT_NOTES.has(key) &&
      (typeof value === 'number' ||
        value === true ||
        (typeof value === 'string' && value.length < 200 && value !== '')),
  );
  return Object.fromEntries(plain);
}

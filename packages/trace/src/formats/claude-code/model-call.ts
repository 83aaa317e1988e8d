import { asNumber, asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { SpanRecord } from '../../model/record.ts';
import { usToSeconds } from '../../model/time.ts';
import { isPlaceholder, mayBePlaceholder, usageOf } from '../anthropic-usage.ts';
import { contentText, printable } from '../excerpt.ts';
import { SpanDraft } from './batch.ts';
import type { ModelCall, Scope } from './scope.ts';
import type { Session } from './session.ts';
import { firstWords } from './short-text.ts';
import { closeTool, openTool } from './tool-call.ts';
import { callTitle } from './tool-title.ts';
import { answerTurn } from './turn.ts';

/** Calls of which the content is kept: lines of one call stand close together, also when agents take turns. */
const KEPT_CALLS = 16;

/** Reads a line of the model's: a block of a call, as a rule. `repeated` lines were read before; they may correct counts. */
export function readAssistant(
  session: Session,
  scope: Scope,
  line: JsonObject,
  us: number,
  repeated: boolean,
): void {
  const message = isObject(line.message) ? line.message : {};
  const model = asString(message.model);
  if (line.isApiErrorMessage === true || model === '<synthetic>') {
    if (!repeated) readSynthetic(session, scope, line, message, us);
    return;
  }
  answerTurn(scope);
  scope.failure = undefined;
  const call = callOf(session, scope, line, message, us);
  if (call === undefined) return;
  const stop = asString(message.stop_reason);
  if (stop !== undefined) {
    call.stopped = true;
    if (!session.sawStop) {
      session.sawStop = true;
      session.smallCalls.clear();
    }
  }
  scope.stop = stop;
  // Records handed out are the taker's: a call that goes on in a later chunk continues on a copy.
  if (call.span.fresh) call.blocks = [...call.blocks];
  if (!repeated) readBlocks(session, scope, call, line, message.content, us);
  if (us > call.endUs) call.endUs = us;
  if (us > scope.inputUs) scope.inputUs = us;
  const fields: Partial<SpanRecord> = {
    end_ts: usToSeconds(call.endUs),
    name: callTitle(call.text, call.tools, call.blocks.length > 0 ? 'thinks' : (model ?? 'model call')),
    outputs: call.blocks,
  };
  if (stop !== undefined) fields.attributes = { stop_reason: stop };
  if (line.isAbortedMidStream === true) fields.status = 'cancelled';
  countTokens(session, call, message.usage, fields);
  call.span.tell(fields);
}

/** The whole report with the most tokens counts, of equals the later: earlier lines of a call carry placeholders. */
function countTokens(
  session: Session,
  call: ModelCall,
  reported: JsonValue | undefined,
  fields: Partial<SpanRecord>,
): void {
  const usage = usageOf(reported);
  if (usage !== undefined && usage.total >= call.total) {
    call.total = usage.total;
    call.output = usage.output;
    fields.usage = usage.fields;
    const { service_tier: tier, speed, server_tool_use: server } = reported as JsonObject;
    const searches = isObject(server) ? asNumber(server.web_search_requests) : undefined;
    if (speed === 'fast' || searches || (typeof tier === 'string' && tier !== 'standard'))
      fields.attributes = {
        ...fields.attributes,
        ...(speed === 'fast' && { speed }),
        ...(searches && { web_search_requests: searches }),
        ...(tier !== 'standard' && { service_tier: tier }),
      };
  }
  if (call.total < 0) return;
  const { stopped, output, chars } = call;
  const placeholder = isPlaceholder({ stopped, output, chars, usesTool: call.tools.length > 0 });
  fields.placeholder_output = placeholder;
  if (!session.sawStop && !placeholder && mayBePlaceholder(call)) session.smallCalls.add(call.span.spanId);
  else session.smallCalls.delete(call.span.spanId);
}

/** The call that the line belongs to; undefined when it is long past and only its counts could be corrected. */
function callOf(
  session: Session,
  scope: Scope,
  line: JsonObject,
  message: JsonObject,
  us: number,
): ModelCall | undefined {
  const id = asString(message.id);
  const requestId = asString(line.requestId);
  const first = id === undefined ? undefined : scope.calls.get(id);
  if (first && (requestId === undefined || first.requestId === undefined || first.requestId === requestId)) {
    if (first.requestId === undefined && requestId !== undefined) {
      first.requestId = requestId;
      first.span.tell({ call_key: `${id}|${requestId}` });
    }
    return first;
  }
  // The same message under another request: a replay, or a second answer after a fallback. A call of its own.
  const key = first === undefined || requestId === undefined ? id : `${id}|${requestId}`;
  const again = key === undefined ? undefined : scope.calls.get(key);
  if (again) return again;
  const spanId = `${scope.prefix}llm:${key ?? asString(line.uuid) ?? `${us}`}`;
  const retired = scope.retired.get(spanId);
  if (retired !== undefined) {
    const usage = usageOf(message.usage);
    if (usage && usage.total >= retired) {
      scope.retired.set(spanId, usage.total);
      session.batch.push({ event: 'span_update', span_id: spanId, usage: usage.fields });
    }
    return undefined;
  }
  const call: ModelCall = {
    span: new SpanDraft(session.batch, spanId),
    requestId,
    blocks: [],
    total: -1,
    output: 0,
    chars: 0,
    stopped: false,
    text: '',
    tools: [],
    endUs: us,
  };
  const model = asString(message.model);
  const effort = asString(line.effort);
  const cost = asNumber(line.costUSD);
  call.span.tell({
    // Lines are written when a block is complete; the request went out when what it answers was written.
    ts: usToSeconds(scope.inputUs > 0 ? Math.min(us, scope.inputUs) : us),
    parent: scope.parent,
    kind: 'llm',
    ...(model !== undefined && { model }),
    ...(id !== undefined && { call_key: requestId === undefined ? id : `${id}|${requestId}` }),
    // Side questions repeat their session's messages under new request ids: a copy must lose against the original.
    ...(!scope.isMain && { replay: true }),
    ...(cost !== undefined && { cost_usd: cost }),
    ...(scope.news.length > 0 && { inputs: scope.news }),
    ...(effort !== undefined && { attributes: { effort } }),
  });
  scope.news = [];
  scope.calls.set(key ?? spanId, call);
  if (scope.calls.size > KEPT_CALLS) scope.retireCalls(1);
  return call;
}

function readBlocks(
  session: Session,
  scope: Scope,
  call: ModelCall,
  line: JsonObject,
  content: JsonValue | undefined,
  us: number,
): void {
  const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  if (!Array.isArray(blocks)) return;
  blocks.forEach((block, at) => {
    if (!isObject(block)) {
      if (block !== null) call.blocks.push(block);
      return;
    }
    const type = asString(block.type) ?? '';
    if (type === 'text' && typeof block.text === 'string') {
      call.blocks.push({ type, text: block.text });
      call.chars += block.text.length;
      if (block.text.trim() === '') return;
      call.text ||= block.text.slice(0, 1000);
      scope.answer = block.text;
      if (call.tools.length === 0) scope.step = 'answer';
    } else if (type === 'thinking') {
      // The signature beside it is for the API alone: half a kilobyte of noise a block.
      const thinking = typeof block.thinking === 'string' ? block.thinking : '';
      call.blocks.push({ type, thinking });
      call.chars += thinking.length;
      if (scope.step !== 'tools') scope.step = 'thinking';
    } else if (type === 'redacted_thinking') call.blocks.push({ type });
    else if (type.endsWith('tool_use')) {
      const id = asString(block.id) ?? `${asString(line.uuid) ?? us}:${at}`;
      const name = asString(block.name) ?? 'unnamed tool';
      if (openTool(session, scope, { id, name, input: block.input, callSpan: call.span.spanId, us })) {
        call.tools.push(name);
        call.blocks.push({ type, id, name });
        call.chars += inputLength(block.input);
      }
      scope.step = 'tools';
    } else if (type.endsWith('tool_result')) {
      const id = asString(block.tool_use_id);
      if (id !== undefined)
        closeTool(session, scope, { id, block, result: undefined, denial: undefined, us });
    } else call.blocks.push(printable(block));
  });
}

/** About how many characters the model wrote for a tool's input: its texts, without the JSON around them. */
function inputLength(input: JsonValue | undefined): number {
  if (!isObject(input)) return 0;
  let length = 0;
  for (const key in input) {
    const value = input[key];
    if (typeof value === 'string') length += value.length;
  }
  return length;
}

/** A line that the harness wrote in the model's place: no tokens, often an error. */
function readSynthetic(
  session: Session,
  scope: Scope,
  line: JsonObject,
  message: JsonObject,
  us: number,
): void {
  const text = contentText(message.content);
  const limit = /limit reached\|(\d{9,13})/.exec(text);
  if (line.isApiErrorMessage !== true && limit === null) {
    scope.step = 'answer';
    return;
  }
  answerTurn(scope);
  const type = limit ? 'usage_limit' : (asString(line.error) ?? 'api_error');
  const status = asNumber(line.apiErrorStatus);
  const attributes: JsonObject = {
    ...(limit && { resets_at: Number(limit[1]) }),
    ...(status !== undefined && { http_status: status }),
  };
  new SpanDraft(session.batch, `${scope.prefix}error:${asString(line.uuid) ?? us}`).tell({
    ts: usToSeconds(scope.inputUs > 0 ? Math.min(us, scope.inputUs) : us),
    end_ts: usToSeconds(us),
    parent: scope.parent,
    name: firstWords(text) || 'API error',
    kind: 'llm',
    status: 'error',
    error: { type, message: text || type },
    ...(Object.keys(attributes).length > 0 && { attributes }),
  });
  scope.step = 'failed';
  scope.failure = text || type;
}

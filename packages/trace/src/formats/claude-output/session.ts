import { contentId } from '../../model/ids.ts';
import { asCount, asNumber, asString, isObject, type JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import { cutText } from '../../model/short-text.ts';
import { parseTimestamp } from '../../model/time.ts';
import { toolKind } from '../../model/tool-category.ts';
import { ROOT } from '../claude-ids.ts';
import { contentText, lastOfPath, printable, titleOf } from '../excerpt.ts';
import { LineCounts } from '../line-counts.ts';
import { Clock, type Moment } from './clock.ts';
import { denialsOf, errorOfResult, type ModelSum, notesOfResult, sumsBeyond, sumsOf } from './result.ts';
import type { ClaudeUsage } from './text-usage.ts';
import { type OpenTool, Thread } from './thread.ts';
import { TimedSpans } from './timed-spans.ts';

/** A tool's own work is short beside the model's, where no line says how long it took. */
const MODEL_STEP = 1;
const TOOL_STEP = 0.1;
/** Tools and subagents that are remembered. */
const REMEMBERED = 20_000;
/** Lines that are held back for a first time, at most. */
const MOST_UNTIMED = 5_000;

/** One session's part of an output. */
export class Session {
  readonly #clock = new Clock();
  readonly #spans = new TimedSpans(this.#clock);
  readonly #main: Thread;
  readonly #agents = new Map<string, Thread>();
  readonly #tools = new Map<string, OpenTool>();
  /** Tools that were called, to their spans. */
  readonly #toolSpans = new Map<string, string>();
  readonly #lines = new LineCounts();
  readonly #live: boolean;
  #model: string | undefined;
  #before: readonly ModelSum[] = [];
  #lastResult: string | undefined;
  #number = 0;
  #ended = false;
  /** The first stretch is over: what could be known of its times is known. */
  #closed = false;
  #named = false;

  constructor(runId: string, live: boolean) {
    this.#live = live;
    this.#spans.batch.runId = runId;
    this.#main = new Thread(this.#spans, undefined, this.#clock.now());
    this.#spans.batch.run({ session_id: runId, labels: { agent: 'claude-code' } });
    this.#spans.begin(ROOT, this.#clock.now(), { name: 'Claude Code', kind: 'agent' });
  }

  /** Reads one message. Whatever it is: what is not understood is counted. */
  read(line: JsonObject): void {
    const type = asString(line.type) ?? 'untyped';
    this.count(typeof line.subtype === 'string' ? `${type}/${line.subtype.slice(0, 60)}` : type);
    this.#number++;
    if (type === 'assistant' || type === 'user') this.#clock.step(type === 'user' ? TOOL_STEP : MODEL_STEP);
    const us = parseTimestamp(line.timestamp);
    if (us !== undefined) this.#clock.anchor(us);
    const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
    read?.(this, line);
  }

  count(type: string): void {
    this.#lines.add(type);
  }

  /** The records since the last call. */
  take(): readonly TraceRecord[] {
    // Until a line says when it was written, all of it may lie anywhere.
    if (!this.#clock.known && !this.#closed && this.#number < MOST_UNTIMED) return [];
    this.#spans.tellTimes();
    return this.#spans.batch.take();
  }

  /** The output has no more lines. Without a result it was cut off: what is open stays open. */
  finish(): void {
    if (!this.#ended) this.#clock.close(undefined);
    this.#closed = true;
    this.#spans.tell(ROOT, { attributes: { output_lines: this.#lines.toJson() } });
  }

  /** Usage that stands in the output without a session's messages. */
  readUsage({
    inputTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    model,
    costUsd,
  }: ClaudeUsage): void {
    const sum: ModelSum = {
      model: model ?? '',
      usage: {
        input_tokens: inputTokens,
        cache_read_tokens: cacheReadTokens,
        cache_write_tokens: cacheWriteTokens,
        output_tokens: outputTokens,
        requests: 0,
      },
      ...(costUsd !== undefined && { costUsd }),
      attributes: { from: 'text' },
    };
    const end = this.#clock.close(0);
    this.#tellSums([sum], 'text', end);
    this.#spans.end(ROOT, end, { status: 'ok' });
    this.#ended = true;
    this.#closed = true;
  }

  init(line: JsonObject): void {
    this.#model = asString(line.model) ?? this.#model;
    const { cwd, permissionMode, claude_code_version: version, model, ...rest } = line;
    for (const field of ['type', 'subtype', 'session_id', 'uuid']) delete rest[field];
    this.#spans.batch.run({
      ...(typeof version === 'string' && { labels: { agent: 'claude-code', agent_version: version } }),
      ...(typeof cwd === 'string' && cwd !== '' && { project: lastOfPath(cwd) }),
      // A session that is taken up again goes on. What is imported says by its own order how it went.
      ...(this.#live && { status: 'running' }),
      attributes: {
        ...(typeof cwd === 'string' && { cwd }),
        ...(typeof permissionMode === 'string' && { permission_mode: permissionMode }),
      },
    });
    this.#spans.tell(ROOT, {
      attributes: { init: printable({ ...rest, ...(model !== undefined && { model }) }) },
    });
  }

  task(line: JsonObject): void {
    const toolUseId = asString(line.tool_use_id);
    const type = asString(line.task_type) ?? 'agent';
    if (toolUseId === undefined) return;
    const usage = isObject(line.usage) ? line.usage : {};
    if (line.subtype === 'task_started') {
      // Shells in the background are tasks as well, and no agents.
      if (type.includes('agent')) this.#agent(toolUseId, asString(line.task_id), line);
      return;
    }
    const agent = this.#agents.get(toolUseId);
    const durationMs = asNumber(usage.duration_ms);
    if (agent === undefined) return;
    if (durationMs !== undefined && agent.startUs !== undefined && line.subtype === 'task_progress')
      this.#clock.anchor(agent.startUs + Math.round(durationMs * 1000));
    const uses = asCount(usage.tool_uses);
    const tokens = asCount(usage.total_tokens);
    const news = {
      ...(uses !== undefined && { tool_uses: uses }),
      attributes: {
        ...(tokens !== undefined && { last_context_tokens: tokens }),
        ...(durationMs !== undefined && { reported_duration_ms: durationMs }),
      },
    };
    if (line.subtype === 'task_notification')
      this.#spans.end(agent.spanId, this.#clock.now(), {
        ...news,
        status: line.status === 'failed' ? 'error' : line.status === 'stopped' ? 'cancelled' : 'ok',
      });
    else this.#spans.tell(agent.spanId, news);
  }

  /** A moment in the main loop that is neither message nor task. */
  event(line: JsonObject, name: string, level?: string): void {
    const attributes: JsonObject = {};
    for (const [key, value] of Object.entries(line))
      if (!ENVELOPE.has(key)) attributes[key === '__proto__' ? 'proto' : key] = printable(value);
    this.#spans.batch.event(ROOT, name, this.#clock.now().us, attributes, level);
  }

  assistant(line: JsonObject): void {
    const message = isObject(line.message) ? line.message : {};
    const thread = this.#threadOf(line);
    const at = this.#at(thread);
    const key = asString(line.uuid) ?? `line${this.#number}`;
    const text = contentText(message.content);
    if (message.model === '<synthetic>' || line.error !== undefined) {
      if (line.error === undefined && line.isApiErrorMessage !== true) return;
      const type = asString(line.error) ?? 'api_error';
      const spanId = `error:${key}`;
      this.#spans.begin(spanId, at, {
        fallback_parent: thread.spanId,
        kind: 'llm',
        name: titleOf(text) || 'API error',
      });
      this.#spans.end(spanId, at, { status: 'error', error: { type, message: text || type } });
      return;
    }
    if (thread === this.#main) this.#name(text);
    for (const tool of thread.read(message, asString(line.request_id), key, at)) {
      this.#tools.set(tool.id, tool);
      this.#toolSpans.set(tool.id, tool.spanId);
      for (const map of [this.#tools, this.#toolSpans])
        if (map.size > REMEMBERED) map.delete(map.keys().next().value!);
    }
  }

  user(line: JsonObject): void {
    const thread = this.#threadOf(line);
    const at = this.#at(thread);
    const content = isObject(line.message) ? line.message.content : undefined;
    const blocks = Array.isArray(content) ? content.filter(isObject) : [];
    const results = blocks.filter(({ type }) => typeof type === 'string' && type.endsWith('tool_result'));
    // A note of the harness belongs to a result; where a line has several, nobody says to which.
    const note = results.length === 1 ? line.tool_use_result : undefined;
    for (const block of results) this.#close(block, note, at);
    const text = contentText(
      results.length > 0 ? blocks.filter((block) => !results.includes(block)) : content,
    );
    if (text === '') return;
    if (thread !== this.#main && thread.answer === '')
      this.#spans.tell(thread.spanId, { inputs: cutText(text, 100_000) });
    else if (thread === this.#main && line.isSynthetic !== true && results.length === 0) {
      this.#spans.batch.run({ task: cutText(text, 2000) });
      this.#named = true;
      this.#spans.batch.run({ fallback_name: titleOf(text) });
    }
    thread.giveText('prompt', text, at);
  }

  streamed(line: JsonObject): void {
    if (isObject(line.event)) this.#threadOf(line).stream(line.event, this.#clock.now());
  }

  result(line: JsonObject): void {
    const durationMs = asNumber(line.duration_ms);
    const end = this.#clock.close(
      durationMs !== undefined && durationMs >= 0 ? durationMs * 1000 : undefined,
    );
    const sums = sumsOf(line, this.#model);
    const { uuid: _, ...said } = line;
    const key = asString(line.uuid) ?? contentId(JSON.stringify(said));
    // The same line again adds nothing.
    if (key !== this.#lastResult) {
      this.#tellSums(sumsBeyond(sums, this.#before), key, end);
      this.#before = sums;
      this.#lastResult = key;
    }
    const error = errorOfResult(line);
    for (const tool of this.#tools.values())
      this.#spans.end(tool.spanId, end, {
        status: 'cancelled',
        error: { type: 'no_result', message: 'the session ended without a result' },
      });
    this.#tools.clear();
    const denials = denialsOf(line.permission_denials);
    for (const { toolUseId, name } of denials) {
      const spanId = this.#toolSpans.get(toolUseId ?? '');
      if (spanId !== undefined)
        this.#spans.tell(spanId, {
          status: 'cancelled',
          error: { type: 'permission_denied', message: `${name} was not permitted` },
        });
    }
    const answer = asString(line.result);
    const { structured_output: structured } = line;
    this.#spans.end(ROOT, end, {
      status: error ? 'error' : 'ok',
      ...(error && { error }),
      ...(structured !== undefined
        ? { outputs: { result: answer ?? null, structured_output: printable(structured) } }
        : answer !== undefined && { outputs: answer }),
      attributes: {
        ...notesOfResult(line),
        ...(denials.length > 0 && { permission_denials: denials.map(({ name }) => name) }),
      },
    });
    for (const agent of this.#agents.values())
      this.#spans.end(agent.spanId, end, agent.answer === '' ? {} : { outputs: agent.answer });
    this.#agents.clear();
    this.#name(answer ?? '');
    this.#spans.batch.push({ event: 'run_end', status: error ? 'error' : 'ok', ...(error && { error }) });
    this.#ended = true;
    this.#closed = true;
  }

  #tellSums(sums: readonly ModelSum[], key: string, end: Moment): void {
    for (const { model, usage, costUsd, attributes } of sums) {
      const spanId = key === 'text' ? 'total:text' : `total:${key}:${model}`;
      this.#spans.begin(spanId, end, {
        parent: ROOT,
        kind: 'task',
        role: 'model-total',
        name: `${model || 'all models'}: sum of all calls`,
        ...(model !== '' && { model }),
        usage,
        model_total: true,
        ...(costUsd !== undefined && { cost_usd: costUsd }),
        ...(Object.keys(attributes).length > 0 && { attributes }),
      });
      this.#spans.end(spanId, end, { status: 'ok' });
    }
  }

  #name(text: string): void {
    if (this.#named || text.trim() === '') return;
    this.#named = true;
    this.#spans.batch.run({ fallback_name: titleOf(text) });
  }

  #at(thread: Thread): Moment {
    const now = this.#clock.now();
    if (thread.startUs === undefined && now.settled) thread.startUs = now.us;
    this.#ended = false;
    return now;
  }

  #threadOf(line: JsonObject): Thread {
    const toolUseId = asString(line.parent_tool_use_id);
    if (toolUseId === undefined) return this.#main;
    return this.#agents.get(toolUseId) ?? this.#agent(toolUseId, undefined, {});
  }

  /** The subagent that a tool call started: by its own id where a line says it, as in its transcript. */
  #agent(toolUseId: string, taskId: string | undefined, told: JsonObject): Thread {
    const known = this.#agents.get(toolUseId);
    if (known !== undefined) return known;
    const tool = this.#tools.get(toolUseId);
    const parent = tool?.spanId ?? this.#toolSpans.get(toolUseId);
    const start = tool?.start ?? this.#clock.now();
    const agent = new Thread(this.#spans, taskId ?? toolUseId, start);
    this.#agents.set(toolUseId, agent);
    const name = asString(told.description) ?? asString(tool?.input.description) ?? asString(told.prompt);
    const role = asString(tool?.input.subagent_type);
    this.#spans.begin(agent.spanId, start, {
      kind: 'agent',
      ...(parent === undefined ? { fallback_parent: ROOT } : { parent }),
      ...(name === undefined ? { component: 'subagent' } : { name: titleOf(name) }),
      ...(role !== undefined && { role }),
    });
    return agent;
  }

  #close(block: JsonObject, result: JsonObject[string], at: Moment): void {
    const id = asString(block.tool_use_id);
    const tool = id === undefined ? undefined : this.#tools.get(id);
    if (id === undefined || tool === undefined) return;
    this.#tools.delete(id);
    tool.thread.close(tool, block, result, at);
    const agent = this.#agents.get(id);
    if (agent === undefined || !toolKind(tool.name).spawns) return;
    // Agents in the background go on after the tool that started them has returned.
    if (isObject(result) && asString(result.status)?.startsWith('async') === true) return;
    this.#spans.end(agent.spanId, at, {
      status: 'ok',
      ...(agent.answer !== '' && { outputs: agent.answer }),
    });
    this.#agents.delete(id);
  }
}

const ENVELOPE = new Set(['type', 'subtype', 'uuid', 'session_id', 'timestamp', 'parent_tool_use_id']);

/** System lines that mark no moment: they come by the hundred, or are told of elsewhere. */
const SILENT = new Set(['thinking_tokens', 'status', 'hook_started', 'hook_progress']);

const READERS: Record<string, (session: Session, line: JsonObject) => void> = {
  assistant: (session, line) => session.assistant(line),
  user: (session, line) => session.user(line),
  result: (session, line) => session.result(line),
  stream_event: (session, line) => session.streamed(line),
  rate_limit_event(session, line) {
    const allowed = isObject(line.rate_limit_info) && line.rate_limit_info.status === 'allowed';
    session.event(line, 'rate limit', allowed ? undefined : 'warning');
  },
  system(session, line) {
    const subtype = asString(line.subtype) ?? '';
    if (subtype === 'init') session.init(line);
    else if (subtype.startsWith('task_')) session.task(line);
    else if (subtype === 'compact_boundary') session.event(line, 'compaction');
    else if (!SILENT.has(subtype))
      session.event(
        line,
        subtype.replace(/_/g, ' ') || 'system',
        subtype === 'permission_denied' || subtype.endsWith('error') ? 'warning' : undefined,
      );
  },
};

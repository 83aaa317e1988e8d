import { asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import { cutText } from '../../model/short-text.ts';
import { parseTimestamp, usToSeconds } from '../../model/time.ts';
import { OpenCall } from '../agent-call.ts';
import { AgentScope } from '../agent-scope.ts';
import { lastOfPath, previewOf, printable, titleOf } from '../excerpt.ts';
import { RecordBatch } from '../record-batch.ts';
import { STEP_US, TIME_ESTIMATED, UNKNOWN_TIME_US } from '../unknown-time.ts';
import { type Message, messageOf, partsOf, thoughtsOf } from './message.ts';
import { folderOf, isCommand, isContext, isThanks } from './prompt.ts';
import { tokensOf } from './tokens.ts';
import { readResponse, readTool } from './tool-call.ts';

/** The span of the session's main agent. */
export const ROOT = 'gemini-cli';
const TASK_CHARS = 2000;
/** Messages of which is remembered that they were read. */
const REMEMBERED = 20_000;

/** Fields that are read; all others are kept as the run's attributes. */
const KNOWN = new Set([
  'sessionId',
  'startTime',
  'start_time',
  'lastUpdated',
  'summary',
  'messages',
  'history',
  'meta',
  'directories',
]);

const CANCELLED = /^Request cancelled\.?$/i;

export type ConversationOptions = { name?: string | undefined; runId?: string | undefined };

/** A session being read: what it says of itself and its messages in, records out. */
export class Conversation {
  readonly #batch = new RecordBatch();
  readonly #options: ConversationOptions;
  #scope = new AgentScope(this.#batch, ROOT);
  #sessionId: string | undefined;
  #model: string | undefined;
  #titled = false;
  /** Where the run's task is from: a command says less than a prompt. */
  #task: 'none' | 'command' | 'prompt' = 'none';
  #nowUs = 0;
  /** When the session was opened: its agent begins then, once anything is said in it. */
  #openedUs: number | undefined;
  /** No message says a time: they stand one after the other at no real one. */
  #estimated = false;
  #deviations = 0;
  /** Calls that were told, by span. */
  readonly #calls = new Set<string>();
  /** Messages that were read → how many turns there were then. */
  readonly #seen = new Map<string, number>();

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  take(): readonly TraceRecord[] {
    return this.#batch.take();
  }

  /** What the session says of itself, at its beginning or later. */
  describe(facts: JsonObject): void {
    const first = this.#sessionId === undefined;
    const sessionId = asString(facts.sessionId);
    if (first && sessionId !== undefined) this.#begin(sessionId, facts);
    const startUs = parseTimestamp(facts.startTime ?? facts.start_time);
    if (startUs !== undefined && this.#nowUs === 0) this.#nowUs = startUs;
    if (first) this.#openedUs = startUs;
    if (isObject(facts.meta)) this.#model ??= asString(facts.meta.model);
    if (this.#scope.prefix !== '') return;
    const summary = asString(facts.summary);
    const attributes: JsonObject = {};
    for (const name in facts)
      if (!KNOWN.has(name) && name !== '__proto__') attributes[name] = printable(facts[name]);
    const directory = Array.isArray(facts.directories) ? asString(facts.directories[0]) : undefined;
    if (directory !== undefined) attributes.directories = printable(facts.directories);
    if (summary !== undefined) this.#titled = true;
    this.#batch.run({
      ...(sessionId !== undefined && { session_id: sessionId }),
      ...(summary !== undefined && { name: titleOf(summary, 120) }),
      ...(directory !== undefined && { project: lastOfPath(directory) }),
      ...(Object.keys(attributes).length > 0 && { attributes }),
      labels: { agent: 'gemini-cli' },
    });
  }

  /** Nothing before the first message said which session this is, and nothing will. */
  begunWithoutName(): void {
    this.#batch.runId ??= this.#fallbackId();
  }

  /** Reads a message. False when it is none. `mended`: it was cut off, and may say less than it did. */
  message(value: JsonObject, mended = false): boolean {
    const message = messageOf(value);
    if (message === undefined) return mended;
    if (mended && message.from === 'user' && message.text === '') return true;
    const us = this.#timeOf(message);
    const { id } = message;
    const repeated = id !== undefined && this.#seen.has(id);
    if (this.#sessionId === undefined && this.#seen.size + this.#scope.turns.length === 0)
      this.#batch.run({ labels: { agent: 'gemini-cli' } });
    if (message.from === 'user' && isContext(message.text)) {
      if (!repeated) this.#placed(message.text, us);
      if (id !== undefined && !repeated) this.#remember(id);
      return true;
    }
    const begunUs = Math.min(this.#openedUs ?? us, us);
    this.#openedUs = undefined;
    this.#scope.touch(begunUs, { kind: 'agent', ...(this.#scope.prefix === '' && { name: 'Gemini CLI' }) });
    if (begunUs < us) this.#scope.touch(us, {});
    if (message.from === 'user' && !repeated) this.#asked(message, us);
    else if (message.from === 'model') this.#answered(message, us, repeated);
    else if (!repeated) this.#noted(message, us);
    if (id !== undefined && !repeated) this.#remember(id);
    return true;
  }

  /** The conversation went back to before a message. What was said since stays spent. */
  rewind(id: string): void {
    const { turns } = this.#scope;
    const kept = this.#seen.get(id) ?? 1;
    for (const spanId of turns.slice(kept - 1))
      this.#batch.push({ event: 'span_update', span_id: spanId, attributes: { abandoned: true } });
    if (this.#nowUs > 0 && turns.length > 0) this.#scope.event('conversation rewound', this.#nowUs);
  }

  settle(final: boolean): void {
    if (final) this.begunWithoutName();
    this.#scope.settle(final);
  }

  #begin(sessionId: string, facts: JsonObject): void {
    this.#sessionId = sessionId;
    if (facts.kind !== 'subagent') {
      this.#batch.runId = sessionId;
      return;
    }
    // A subagent's file lies in the folder of its session, and says nothing else of it.
    this.#batch.runId = this.#options.runId ?? sessionId;
    this.#batch.startsRun = false;
    const spanId = `agent:${sessionId}`;
    this.#scope = new AgentScope(this.#batch, spanId, `${spanId}/`);
    this.#batch.span(spanId, { kind: 'agent', component: 'subagent', fallback_parent: ROOT });
  }

  #fallbackId(): string {
    return this.#options.runId ?? (this.#options.name?.replace(/\.jsonl?.*$/, '') || 'gemini-cli-session');
  }

  #timeOf({ us }: Message): number {
    if (us !== undefined) this.#nowUs = us;
    else if (this.#nowUs === 0 || this.#estimated) {
      if (!this.#estimated && this.#scope.prefix === '') this.#batch.run({ time_untold: true });
      this.#estimated = true;
      this.#nowUs = Math.max(this.#nowUs, UNKNOWN_TIME_US) + STEP_US;
    }
    return this.#nowUs;
  }

  #asked(message: Message, us: number): void {
    const scope = this.#scope;
    const responses = partsOf(message.content, 'functionResponse');
    for (const response of responses) readResponse(scope, response, us);
    if (message.text === '' && responses.length > 0) return;
    const text = message.text;
    const title = titleOf(text) || 'prompt';
    const turn = scope.beginTurn(us, message.id);
    scope.askTurn(turn, title, printable(message.content));
    if (this.#estimated) scope.tellTurn(turn, { attributes: { [TIME_ESTIMATED]: true } });
    scope.give({ type: 'prompt', ...previewOf(text) }, us);
    this.#tellTask(title, text);
  }

  /** The CLI says where it is, which it does whenever a session is opened: nothing begins, but the model is told. */
  #placed(context: string, us: number): void {
    this.#scope.give({ type: 'note', ...previewOf(context) }, us);
    const folder = folderOf(context);
    if (folder === undefined || this.#scope.prefix !== '') return;
    this.#batch.run({ project: lastOfPath(folder), attributes: { cwd: cutText(folder, 500) } });
  }

  /** The first prompt is the task and names the run; a command does as long as there is none. */
  #tellTask(title: string, text: string): void {
    const from = isCommand(text) ? 'command' : 'prompt';
    if (this.#task === 'prompt' || this.#task === from) return;
    this.#task = from;
    const task = cutText(text, TASK_CHARS);
    if (this.#scope.prefix !== '') this.#batch.span(this.#scope.spanId, { inputs: task });
    else this.#batch.run({ task, ...(!this.#titled && { name: title }) });
  }

  #answered(message: Message, us: number, repeated: boolean): void {
    const scope = this.#scope;
    const { source, text, id, content } = message;
    if (scope.turns.length === 0 && isThanks(text)) return;
    const thoughts = thoughtsOf(message);
    const report = tokensOf(source.tokens);
    const tools = Array.isArray(source.toolCalls) ? source.toolCalls.filter(isTool) : [];
    const asked = partsOf(content, 'functionCall');
    // Messages that only hold tools belong to the call before.
    const isCall = text.trim() !== '' || thoughts !== '' || report !== undefined || asked.length > 0;
    const call = isCall ? this.#callOf(id, us) : undefined;
    if (call !== undefined) {
      if (thoughts !== '') scope.think(call, thoughts, us);
      if (text !== '') scope.say(call, text, us);
      this.#describeCall(call, message, us);
      if (report !== undefined) {
        scope.count(call, report.usage, us);
        if (report.deviates && !repeated) this.#noteDeviation(call);
      }
    }
    for (const tool of tools) {
      // A repetition names the tools again: they were opened, and what it says is all that the call says.
      if (repeated && call !== undefined && scope.tools.hasSeen(asString(tool.id) ?? ''))
        call.use(asString(tool.id)!, asString(tool.name) ?? 'tool', us);
      readTool(scope, tool, call, us);
      this.#linkAgent(tool, us);
    }
    asked.forEach((part, at) => {
      const name = asString(part.name) ?? 'unnamed tool';
      const toolId = asString(part.id) ?? `${call!.spanId}:${at}`;
      scope.openTool({ id: toolId, name, input: printable(part.args), us }, call);
    });
    if (call !== undefined && call !== scope.call) call.flush(this.#batch);
  }

  /** A message that is written again replaces what it said before; its call goes on as it began. */
  #callOf(id: string | undefined, us: number): OpenCall {
    const scope = this.#scope;
    const spanId = `${scope.prefix}llm:${id}`;
    if (id === undefined || !this.#calls.has(spanId)) {
      const call = scope.beginCall(us, id);
      this.#calls.add(call.spanId);
      if (this.#calls.size > REMEMBERED) this.#calls.delete(this.#calls.values().next().value!);
      return call;
    }
    if (scope.call?.spanId === spanId) scope.closeCall();
    const call = new OpenCall(spanId);
    call.endUs = us;
    return call;
  }

  #describeCall(call: OpenCall, { source, id }: Message, us: number): void {
    const model = asString(source.model) ?? this.#model;
    const thoughts = Array.isArray(source.thoughts) ? source.thoughts : [];
    const firstUs = isObject(thoughts[0]) ? parseTimestamp(thoughts[0].timestamp) : undefined;
    call.tell({
      ...(model !== undefined && { model }),
      ...(id !== undefined &&
        this.#sessionId !== undefined && { call_key: `gemini-cli:${this.#sessionId}:${id}` }),
      ...(firstUs !== undefined && firstUs <= us && { first_token_ts: usToSeconds(firstUs) }),
      ...(this.#estimated && { attributes: { [TIME_ESTIMATED]: true } }),
    });
  }

  #noteDeviation(call: OpenCall): void {
    this.#deviations++;
    this.#batch.run({
      quality: [{ code: 'total-deviates', count: this.#deviations, example: call.spanId }],
    });
  }

  /** A tool that ran a subagent names it: the agent, whose own file tells the rest of it, belongs under the tool. */
  #linkAgent(tool: JsonObject, us: number): void {
    const [agentId, id] = [asString(tool.agentId), asString(tool.id)];
    if (agentId === undefined || id === undefined) return;
    const args = isObject(tool.args) ? tool.args : {};
    const doneUs = parseTimestamp(tool.timestamp) ?? us;
    this.#batch.span(`agent:${agentId}`, {
      ts: usToSeconds(Math.min(us, doneUs)),
      end_ts: usToSeconds(doneUs),
      kind: 'agent',
      component: asString(args.agent_name) ?? 'subagent',
      parent: `${this.#scope.prefix}tool:${id}`,
    });
  }

  #noted({ type, text, content }: Message, us: number): void {
    const scope = this.#scope;
    if (type === 'info' && CANCELLED.test(text.trim())) {
      scope.event('cancelled by the user', us, {}, 'warning');
      scope.stop(us, 'stopped by the user');
      return;
    }
    const level = type === 'error' ? 'error' : type === 'warning' ? 'warning' : undefined;
    const said: JsonValue = text === '' ? printable(content) : cutText(text, TASK_CHARS);
    scope.event(titleOf(text) || type, us, { type, message: said }, level);
    if (type === 'error')
      scope.fail({ type: 'error', message: cutText(text, TASK_CHARS) || 'the session reports an error' });
  }

  #remember(id: string): void {
    this.#seen.set(id, this.#scope.turns.length);
    if (this.#seen.size > REMEMBERED) this.#seen.delete(this.#seen.keys().next().value!);
  }
}

/** A list that was cut off may end in less than a tool. */
function isTool(value: JsonValue): value is JsonObject {
  return isObject(value) && asString(value.name) !== undefined;
}

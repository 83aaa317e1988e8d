import type { JsonObject, JsonValue } from '../model/json.ts';
import type { ErrorFields, UsageFields } from '../model/record.ts';
import { usToSeconds } from '../model/time.ts';
import { OpenCall } from './agent-call.ts';
import { AgentTools, NO_RESULT, type ToolCall, type ToolResult } from './agent-tools.ts';
import type { RecordBatch, SpanNews } from './record-batch.ts';

/** What is new to a call is named, not repeated in full: more than this is no help to anyone. */
const MOST_NEWS = 50;

/** What an agent did last: whether it is at work follows from it. */
type Step = 'none' | 'asked' | 'working' | 'answer' | 'stopped' | 'failed';

/** From a person's prompt to the last line before the next. */
export type Turn = {
  readonly spanId: string;
  /** The source's own id of it. */
  id: string | undefined;
  startUs: number;
  lastUs: number;
  title: string;
  /** A model has answered or a tool was called. */
  active: boolean;
  /** The source said that it is over. */
  done: boolean;
  closed: boolean;
};

/**
 * One agent's conversation, told as a tree: the agent, under it its turns, under each the model calls and tools of it. What
 * formats of agents' sessions share: each of them knows its own lines, this knows what becomes of them.
 */
export class AgentScope {
  readonly spanId: string;
  /** In front of the ids of what it did: agents of one run must not share any. */
  readonly prefix: string;
  readonly tools: AgentTools;
  readonly #batch: RecordBatch;
  firstUs = 0;
  lastUs = 0;
  /** The newest thing that the model was given, or gave: the next call begins no earlier. */
  inputUs = 0;
  turn: Turn | undefined;
  readonly turns: string[] = [];
  call: OpenCall | undefined;
  /** Another source tells of its beginning: when it started is not told again. */
  continues = false;
  /** Every turn's end is said by the source: a silent one goes on. */
  endsAreSaid = false;
  #calls = 0;
  #newestUs = 0;
  #news: JsonValue[] = [];
  #step: Step = 'none';
  #answer = '';
  #failure: ErrorFields | undefined;
  #closed = false;

  constructor(batch: RecordBatch, spanId: string, prefix = '') {
    this.#batch = batch;
    this.spanId = spanId;
    this.prefix = prefix;
    this.tools = new AgentTools(batch, prefix);
  }

  /** Under which its calls and tools hang, and where its events are told. */
  get parent(): string {
    return this.turn?.spanId ?? this.spanId;
  }

  /** Something happened at `us`. `news` is told of the agent's span when it is the first thing. */
  touch(us: number, news: SpanNews): void {
    const first = this.firstUs === 0;
    if (first && this.continues)
      this.#batch.push({ event: 'span_update', span_id: this.spanId, ts: usToSeconds(us), ...news });
    else if (first) this.#batch.span(this.spanId, news);
    if (first || us < this.firstUs) {
      this.firstUs = us;
      if (!this.continues) this.#batch.span(this.spanId, { ts: usToSeconds(us) });
    }
    if (us > this.lastUs) this.lastUs = us;
    this.#extendTurn();
    this.#newestUs = us;
  }

  /** Only what follows tells whether the newest line belongs to the turn, or begins the next one. */
  #extendTurn(): void {
    const { turn } = this;
    if (turn !== undefined && !turn.done && this.#newestUs > turn.lastUs) turn.lastUs = this.#newestUs;
  }

  event(name: string, us: number, attributes: JsonObject = {}, level?: string): void {
    this.#batch.event(this.parent, name, us, attributes, level);
  }

  /** A new turn; the one before is over. */
  beginTurn(us: number, id?: string): Turn {
    this.#endTurn();
    this.#newestUs = us;
    const number = this.turns.length + 1;
    const turn: Turn = {
      spanId: `${this.prefix}turn:${id ?? number}`,
      id,
      startUs: us,
      lastUs: us,
      title: '',
      active: false,
      done: false,
      closed: false,
    };
    this.turn = turn;
    this.turns.push(turn.spanId);
    this.#step = 'asked';
    this.#answer = '';
    this.#failure = undefined;
    this.#batch.span(turn.spanId, {
      ts: usToSeconds(us),
      parent: this.spanId,
      name: `turn ${number}`,
      kind: 'task',
      role: 'turn',
      attributes: { turn: number },
    });
    return turn;
  }

  /** What the turn was asked. */
  askTurn(turn: Turn, title: string, content: JsonValue): void {
    turn.title = title;
    this.#batch.span(turn.spanId, { name: title || 'prompt', inputs: content });
  }

  tellTurn(turn: Turn, news: SpanNews): void {
    this.#batch.span(turn.spanId, news);
  }

  /** The model is given something: it is new to its next call. */
  give(item: JsonValue, us: number): void {
    if (this.#news.length < MOST_NEWS) this.#news.push(item);
    if (us > this.inputUs) this.inputUs = us;
  }

  /** The call that the model's words belong to; a new one when there is none open. */
  openCall(us: number, id?: string): OpenCall {
    if (this.call !== undefined && !this.call.answered) return this.call;
    return this.beginCall(us, id);
  }

  beginCall(us: number, id?: string): OpenCall {
    this.closeCall();
    const number = ++this.#calls;
    if (this.turn !== undefined) {
      this.turn.active = true;
      this.turn.done = false;
      if (us > this.turn.lastUs) this.turn.lastUs = us;
    }
    this.#failure = undefined;
    const call = new OpenCall(`${this.prefix}llm:${id ?? number}`);
    call.endUs = us;
    // Told at once, and the rest of it later: the order of spans must not depend on how the source comes in.
    this.#batch.span(call.spanId, {
      ts: usToSeconds(this.inputUs > 0 ? Math.min(us, this.inputUs) : us),
      parent: this.parent,
      kind: 'llm',
      ...(this.#news.length > 0 && { inputs: this.#news }),
    });
    this.#news = [];
    this.call = call;
    this.#step = 'working';
    return call;
  }

  /** The model said something. */
  say(call: OpenCall, text: string, us: number): void {
    call.say({ type: 'text', text }, us);
    if (text.trim() === '') return;
    call.text ||= text.slice(0, 1000);
    this.#answer = text;
    if (call.tools.length === 0) this.#step = 'answer';
    this.#moved(us);
  }

  think(call: OpenCall, text: string, us: number): void {
    call.say({ type: 'thinking', thinking: text }, us);
    this.#step = 'working';
    this.#moved(us);
  }

  /** Counts the call's tokens. */
  count(call: OpenCall, usage: UsageFields, us: number): void {
    call.usage = usage;
    call.tell({ usage, ...(us > call.endUs && { end_ts: usToSeconds(us) }) });
    if (us > call.endUs) call.endUs = us;
    this.#moved(us);
  }

  closeCall(): void {
    this.call?.flush(this.#batch);
    this.call = undefined;
  }

  /** A tool is called. False when the call was read before. */
  openTool(tool: ToolCall, call?: OpenCall): boolean {
    if (!this.tools.open(tool, this.parent, call?.spanId)) return false;
    call?.use(tool.id, tool.name, tool.us);
    if (this.turn !== undefined) this.turn.active = true;
    this.#step = 'working';
    this.#moved(tool.us);
    return true;
  }

  /** A tool's result is there. False when no such tool is at work. */
  closeTool(id: string, result: ToolResult): boolean {
    if (!this.tools.close(id, result)) return false;
    if (this.call !== undefined) this.call.answered = true;
    this.#moved(result.us);
    return true;
  }

  /** The source says that the turn is over. */
  finishTurn(): void {
    this.#extendTurn();
    if (this.turn !== undefined) this.turn.done = true;
  }

  /** The person, or the harness, stopped the turn. */
  stop(us: number, reason: string): void {
    this.tools.abandon(us, reason);
    this.#step = 'stopped';
    this.finishTurn();
  }

  fail(error: ErrorFields): void {
    this.#failure = error;
    this.#step = 'failed';
  }

  #endTurn(): void {
    this.closeCall();
    const { turn } = this;
    if (turn === undefined) return;
    this.tools.abandon(turn.lastUs, NO_RESULT);
    const cutOff = !this.#isOver(true);
    this.#close(turn);
    if (cutOff) this.#batch.span(turn.spanId, { status: 'cancelled' });
    this.turn = undefined;
  }

  /** Ends what is over, and reopens what was taken for over too early. `final`: the source has no more lines. */
  settle(final: boolean): void {
    this.#extendTurn();
    if (final) this.closeCall();
    else this.call?.flush(this.#batch);
    if (this.firstUs === 0) return;
    const over = this.#isOver(final);
    const { turn } = this;
    if (over && final && turn !== undefined) this.tools.abandon(turn.lastUs, NO_RESULT);
    if (turn !== undefined && over) this.#close(turn);
    else if (turn?.closed === true) {
      turn.closed = false;
      this.#batch.reopen(turn.spanId);
    }
    if (over) {
      this.#closed = true;
      this.#batch.span(this.spanId, {
        end_ts: usToSeconds(this.lastUs),
        status: this.#status(),
        ...(this.prefix !== '' && this.#answer !== '' && { outputs: this.#answer }),
      });
    } else if (this.#closed) {
      this.#closed = false;
      this.#batch.reopen(this.spanId);
    }
  }

  #isOver(final: boolean): boolean {
    if (this.turn === undefined || this.turn.done) return true;
    if (this.#step === 'answer') return (final || !this.endsAreSaid) && this.tools.atWork === 0;
    return this.#step === 'stopped' || this.#step === 'failed' || this.#step === 'none';
  }

  #close(turn: Turn): void {
    turn.closed = true;
    this.#batch.span(turn.spanId, {
      end_ts: usToSeconds(turn.lastUs),
      status: this.#status(),
      ...(this.#failure !== undefined && { error: this.#failure }),
      ...(this.#answer !== '' && { outputs: this.#answer }),
    });
  }

  #status(): 'ok' | 'error' | 'cancelled' {
    if (this.#step === 'stopped') return 'cancelled';
    return this.#failure === undefined ? 'ok' : 'error';
  }

  #moved(us: number): void {
    if (us > this.inputUs) this.inputUs = us;
  }
}

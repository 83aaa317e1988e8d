import type { JsonObject, JsonValue } from '../../model/json.ts';
import { agentSpanId, ROOT } from '../claude-ids.ts';
import { Recent } from '../recent.ts';
import { type Batch, SpanDraft } from './batch.ts';

/** What an agent did last: whether it is at work follows from it. */
export type Step = 'none' | 'asked' | 'thinking' | 'tools' | 'results' | 'answer' | 'interrupted' | 'failed';

/** One API call: all lines of a message id and a request id. */
export type ModelCall = {
  readonly span: SpanDraft;
  requestId: string | undefined;
  blocks: JsonValue[];
  /** All tokens of the report that counts; -1 before the first. */
  total: number;
  output: number;
  /** Characters the model wrote, as far as they are in the file. */
  chars: number;
  stopped: boolean;
  text: string;
  readonly tools: string[];
  endUs: number;
};

/** From a person's prompt to the last line before the next. */
export type Turn = {
  readonly span: SpanDraft;
  startUs: number;
  lastUs: number;
  /** The harness said that it is over. */
  done: boolean;
  /** Its span has been told an end. */
  closed: boolean;
  readonly title: string;
  readonly task: string;
  /** What is told of it once a model answers: a slash command that none answers is no turn, but an event. */
  fields?: JsonObject;
};

/** One agent at work in the file: the main loop, or a subagent. */
export class Scope {
  /** Undefined for the main loop. */
  readonly agentId: string | undefined;
  readonly span: SpanDraft;
  /** In front of the ids of its calls: a subagent may repeat those of the session that it was forked from. */
  readonly prefix: string;
  firstUs = 0;
  lastUs = 0;
  /** The newest thing that the model was given, or gave: the next call begins no earlier. */
  inputUs = 0;
  /** What the model was given since its last call. */
  news: JsonValue[] = [];
  step: Step = 'none';
  /** Why the newest call stopped, when it said so. */
  stop: string | undefined;
  /** The newest words of the model: the answer, when nothing follows. */
  answer = '';
  failure: string | undefined;
  /** The newest calls by message id, oldest first. */
  readonly calls = new Map<string, ModelCall>();
  /** Calls before those: the tokens that count so far, by span. */
  readonly retired = new Recent<number>();
  turn: Turn | undefined;
  turns: string[] = [];
  closed = false;
  touched = false;
  /** Someone else said that it is over: the tool call that started it has a result. */
  finished = false;
  /** The tool call that started it is known. */
  linked = false;
  /** Words for its card until its tool call is known. */
  title: string | undefined;

  constructor(batch: Batch, agentId: string | undefined) {
    this.agentId = agentId;
    this.span = new SpanDraft(batch, agentId === undefined ? ROOT : agentSpanId(agentId));
    this.prefix = agentId === undefined ? '' : `${agentSpanId(agentId)}/`;
  }

  get isMain(): boolean {
    return this.agentId === undefined;
  }

  /** Under which its calls and tools hang. */
  get parent(): string {
    return this.turn?.span.spanId ?? this.span.spanId;
  }

  /** Forgets what the oldest calls said, and remembers only what they count. */
  retireCalls(count: number): void {
    let left = count;
    for (const [key, call] of this.calls) {
      if (left-- <= 0) return;
      this.calls.delete(key);
      this.retired.set(call.span.spanId, call.total);
    }
  }
}

import { asString, isObject, type JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import { cutText } from '../../model/short-text.ts';
import { usToSeconds } from '../../model/time.ts';
import { AgentScope } from '../agent-scope.ts';
import { titleOf } from '../excerpt.ts';
import { LineCounts } from '../line-counts.ts';
import { RecordBatch } from '../record-batch.ts';
import { STEP_US, TIME_ESTIMATED, UNKNOWN_TIME_US } from '../unknown-time.ts';
import { messageOf, readExecItem, typeOfItem } from './exec-item.ts';
import { ROOT } from './session.ts';
import { TokenBook, tokenCountOf, usageOf } from './token-book.ts';

/** In front of its ids: a rollout of the same thread counts its turns and calls as well. */
const PREFIX = 'log/';
const MOST_CHARS = 2000;

type ReadEvent = (thread: ExecThread, event: JsonObject) => void;

const READERS: Record<string, ReadEvent> = {
  'turn.started': (thread) => thread.beginTurn(),
  'turn.completed': (thread, event) => thread.endTurn(event),
  'turn.failed': (thread, event) => thread.failTurn(event),
  'item.started': (thread, event) => thread.item(event, false),
  'item.updated': (thread, event) => thread.item(event, false),
  'item.completed': (thread, event) => thread.item(event, true),
  error: (thread, event) => thread.error(event),
};

/**
 * A thread as `codex exec --json` tells it: steps without any time, and at each turn's end the running total of what the
 * thread used. The rollout of the thread knows both better, and its times and calls stand.
 */
export class ExecThread {
  readonly id: string;
  readonly #batch = new RecordBatch();
  readonly #scope = new AgentScope(this.#batch, ROOT, PREFIX);
  readonly #book = new TokenBook();
  readonly #lines = new LineCounts();
  #nowUs = UNKNOWN_TIME_US;
  #items = 0;
  #named = false;
  /** The newest thing was an error: of several the last one is fatal, and all before were survived. */
  #error: string | undefined;

  constructor(id: string) {
    this.id = id;
    this.#batch.runId = id;
    this.#batch.startsRun = false;
    this.#scope.endsAreSaid = true;
    this.#batch.run({ session_id: id, labels: { agent: 'codex' }, time_untold: true });
    this.#touch();
  }

  read(event: JsonObject): void {
    const type = asString(event.type) ?? 'untyped';
    this.count(isObject(event.item) ? `${type}/${typeOfItem(event.item)}` : type);
    if (!Object.hasOwn(READERS, type)) return;
    this.#nowUs += STEP_US;
    this.#touch();
    READERS[type]!(this, event);
  }

  count(type: string): void {
    this.#lines.add(type);
  }

  /** The records since the last call. Their times are guesses: those of the thread's rollout win. */
  take(): readonly TraceRecord[] {
    return this.#batch.take().map((record) => {
      if (record.event !== 'span') return record;
      const placed = record.ts !== undefined || record.end_ts !== undefined;
      const attributes = placed ? { ...record.attributes, [TIME_ESTIMATED]: true } : record.attributes;
      return { ...record, estimated: true, ...(attributes !== undefined && { attributes }) };
    });
  }

  settle(final: boolean): void {
    if (final && this.#error !== undefined) this.#fail(this.#error);
    // A log that ends within a turn was cut off, even where the model's words are its last.
    this.#scope.settle(final && this.#scope.turn?.done !== false);
    this.#batch.span(ROOT, { attributes: { output_lines: this.#lines.toJson() } });
  }

  beginTurn(): void {
    this.#error = undefined;
    this.#scope.beginTurn(this.#nowUs);
  }

  endTurn(event: JsonObject): void {
    this.#error = undefined;
    this.#turn();
    this.#countTokens(event);
    this.#scope.finishTurn();
  }

  failTurn(event: JsonObject): void {
    this.#turn();
    this.#countTokens(event);
    this.#fail(messageOf(event.error) ?? this.#error ?? 'the turn failed and gives no reason');
    this.#error = undefined;
    this.#scope.finishTurn();
  }

  item(event: JsonObject, done: boolean): void {
    if (!isObject(event.item)) return;
    const { item } = event;
    this.#error = undefined;
    this.#turn();
    // Each process numbers its items from nought.
    const id = `${PREFIX}${this.#scope.turns.length}/${asString(item.id) ?? `line${++this.#items}`}`;
    readExecItem(this.#scope, { item, id, done, us: this.#nowUs });
    if (done && /^a\w+_message$/.test(typeOfItem(item))) this.#name(asString(item.text) ?? '');
  }

  error(event: JsonObject): void {
    const message = cutText(messageOf(event) ?? 'the log reports an error', MOST_CHARS);
    this.#scope.event('error', this.#nowUs, { message }, 'error');
    this.#error = message;
  }

  #touch(): void {
    this.#scope.touch(this.#nowUs, { kind: 'agent', name: 'Codex' });
  }

  /** A log whose beginning is missing, or that lost a line, goes on within a turn. */
  #turn(): void {
    if (this.#scope.turn?.done !== false) this.#scope.beginTurn(this.#nowUs);
  }

  #fail(message: string): void {
    this.#scope.fail({ type: 'turn_failed', message: cutText(message, MOST_CHARS) });
  }

  /** What the turn used is a sum over calls that no line tells: calls of the thread's rollout explain it. */
  #countTokens({ usage }: JsonObject): void {
    const total = tokenCountOf(usage);
    const used = total && this.#book.add(total);
    if (used === undefined) return;
    const ts = usToSeconds(this.#nowUs);
    this.#batch.span(`${PREFIX}total:${this.#scope.turns.length}`, {
      ts,
      end_ts: ts,
      parent: ROOT,
      kind: 'task',
      role: 'model-total',
      name: `turn ${this.#scope.turns.length}: sum of all calls`,
      usage: { ...usageOf(used), requests: 0 },
      model_total: true,
      status: 'ok',
    });
  }

  #name(text: string): void {
    if (this.#named || text.trim() === '') return;
    this.#named = true;
    this.#batch.run({ fallback_name: titleOf(text) });
  }
}

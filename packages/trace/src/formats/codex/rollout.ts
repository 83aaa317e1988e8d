import { asString, isObject, type JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import { cutText } from '../../model/short-text.ts';
import { contentText } from '../excerpt.ts';
import { LineCounts } from '../line-counts.ts';
import { readEvent, tellCompaction } from './event-message.ts';
import { lineOf } from './line.ts';
import { readItem } from './response-item.ts';
import { Session } from './session.ts';
import { readSessionMeta } from './session-meta.ts';
import { turnOf } from './turns.ts';

const FILE_ID = /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl/;

export type RolloutOptions = { name?: string | undefined; runId?: string | undefined };

/** A rollout being read: lines in, records out. */
export class Rollout {
  readonly #session = new Session();
  readonly #options: RolloutOptions;
  readonly #lines = new LineCounts();

  constructor(options: RolloutOptions) {
    this.#options = options;
  }

  /** The records since the last call; none as long as the run is unknown. */
  take(): readonly TraceRecord[] {
    return this.#session.batch.take();
  }

  /** Reads one line. False when it is no line of a rollout. */
  read(value: JsonObject): boolean {
    const line = lineOf(value);
    if (line === undefined) return false;
    const session = this.#session;
    this.#lines.add(line.type);
    if (line.us !== undefined) session.nowUs = line.us;
    const us = session.nowUs;
    if (line.kind === 'session_meta') readSessionMeta(session, line.payload, us);
    if (us <= 0) return true;
    session.batch.runId ??= this.#nameOfFile();
    session.scope.touch(us, { kind: 'agent', name: 'Codex' });
    switch (line.kind) {
      case 'turn_context':
        this.#context(line.payload, us);
        break;
      case 'response_item':
        session.onlyEvents = false;
        readItem(session, line.payload, us);
        break;
      case 'event_msg':
        readEvent(session, line.payload, us);
        break;
      case 'compacted':
        tellCompaction(session, us, {
          message: cutText(asString(line.payload.message) ?? '', 2000),
        });
    }
    return true;
  }

  settle(final: boolean): void {
    const session = this.#session;
    if (final) session.batch.runId ??= this.#nameOfFile();
    session.scope.settle(final);
    if (this.#lines.isEmpty || session.scope.firstUs === 0) return;
    session.batch.span(session.scope.spanId, { attributes: { lines: this.#lines.toJson() } });
  }

  #nameOfFile(): string {
    const { name, runId } = this.#options;
    return FILE_ID.exec(name ?? '')?.[1] ?? runId ?? (name?.replace(/\.jsonl?.*$/, '') || 'codex-session');
  }

  /** What holds for the turn: the model above all. */
  #context(context: JsonObject, us: number): void {
    const session = this.#session;
    const settings = isObject(context.collaboration_mode) ? context.collaboration_mode.settings : undefined;
    session.model =
      asString(context.model) ?? (isObject(settings) ? asString(settings.model) : undefined) ?? session.model;
    session.effort = asString(context.effort) ?? session.effort;
    const id = asString(context.turn_id);
    const turn = id === undefined ? session.scope.turn : turnOf(session, us, id);
    if (turn === undefined) return;
    const attributes: JsonObject = {};
    for (const field of ['cwd', 'approval_policy', 'current_date'] as const) {
      const word = asString(context[field]);
      if (word !== undefined) attributes[field] = cutText(word, 500);
    }
    const sandbox = isObject(context.sandbox_policy)
      ? (asString(context.sandbox_policy.type) ?? asString(context.sandbox_policy.mode))
      : contentText(context.sandbox_policy);
    if (sandbox) attributes.sandbox = cutText(sandbox, 100);
    session.scope.tellTurn(turn, { attributes });
  }
}

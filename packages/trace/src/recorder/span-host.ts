import type { Usage } from '../model/usage.ts';
import type { Serialiser } from './serialiser.ts';
import type { SpanHandle, SpanOptions } from './span-handle.ts';
import type { SeenResponses } from './usage/seen-responses.ts';

/** What a span needs of the run it is recorded in. */
export interface SpanHost {
  readonly serialiser: Serialiser;
  readonly seen: SeenResponses;
  /** The lane of top-level spans that name none. */
  readonly rootLane: string | undefined;
  /** The span that spans without parent stand under: of another process, or the one that the run itself is. */
  readonly outerParent: string | undefined;
  /** The span that the whole run is, inside another run. */
  readonly top: SpanHandle | undefined;
  nextId(): string;
  /** Adds a line that lacks its closing `,"ts":…}`. */
  add(line: string, us?: number): void;
  /** Adds a record put together as an object: for what happens rarely. */
  addRecord(event: string, fields: Record<string, unknown>): void;
  noteStart(): void;
  noteEnd(failedAtTop: boolean): void;
  /** Asks the span for what it learned when this turn's lines are written, at the latest. */
  noteChanged(span: { writeUpdate(): void }): void;
  startIn(above: SpanHandle | undefined, name: string, options: SpanOptions | undefined): SpanHandle;
  runIn<Result>(
    above: SpanHandle | undefined,
    name: string,
    options: SpanOptions | undefined,
    fn: (span: SpanHandle) => Result,
  ): Result;
}

/** What booking tokens needs of a span. */
export interface UsageTarget {
  readonly quotedId: string;
  readonly kind: string;
  addUsage(usage: Usage): void;
  wait(flag: number, field: string, json: string | undefined): void;
}

/** Fields that wait for the next line about a span; each can wait once, since a line names a field once. */
export const WAITING = {
  attributes: 1,
  inputs: 2,
  outputs: 4,
  lane: 8,
  model: 16,
  provider: 32,
  firstToken: 64,
  cost: 128,
} as const;

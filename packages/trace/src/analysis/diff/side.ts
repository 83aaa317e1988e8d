import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { endAt } from '../extent.ts';
import { judgeRun } from '../ledger.ts';
import { type Prepared, prepare } from '../summary.ts';
import { shortArguments } from './step-arguments.ts';

/** A span of one of the runs, with what it took: time of its own extent, tokens and cost of all that is in it. */
export type DiffSpan = {
  spanId: string;
  /** Its number in its run. */
  no: number;
  name: string;
  /** Of a tool whose name does not say it: what it was called with, the beginning of it. */
  arguments?: string;
  kind: Span['kind'];
  status: Span['status'];
  /** It has not ended, or nobody said that it has. */
  open?: true;
  model?: string;
  /** Type and message of its error, the beginning of them. */
  error?: string;
  durationUs: number;
  tokens: number;
  /** USD; null: unknown. */
  costUsd: number | null;
  /** Spans in it, itself included. */
  spans: number;
};

/** Of an error, as it stands beside another. */
const ERROR_PREVIEW = 200;

/** A run as it is compared: its tree, and what stands at every span. */
export class Side {
  readonly run: Run;
  readonly prepared: Prepared;
  /** Tokens and cost of a span and all below it. */
  readonly tokens: Float64Array;
  readonly costUsd: Float64Array;
  readonly #unknownCost: Uint8Array;

  constructor(run: Run) {
    this.run = run;
    this.prepared = prepare(run);
    const { columns, tree } = this.prepared;
    const judgement = judgeRun(run, columns, tree);
    this.tokens = judgement.tokens.slice();
    this.costUsd = new Float64Array(columns.count);
    this.#unknownCost = new Uint8Array(columns.count);
    for (let at = columns.count - 1; at >= 0; at--) {
      const no = tree.order[at]!;
      const cost = judgement.costUsd[no]!;
      if (Number.isNaN(cost)) this.#unknownCost[no] = 1;
      else this.costUsd[no] = this.costUsd[no]! + cost;
      const up = tree.parent[no]!;
      if (up < 0) continue;
      this.tokens[up] = this.tokens[up]! + this.tokens[no]!;
      this.costUsd[up] = this.costUsd[up]! + this.costUsd[no]!;
      this.#unknownCost[up] = this.#unknownCost[up]! | this.#unknownCost[no]!;
    }
  }

  /** The spans below a span by start; the roots for -1. */
  below(no: number): number[] {
    const { columns, tree } = this.prepared;
    const found: number[] = [];
    const from = no < 0 ? 0 : tree.position[no]! + 1;
    const to = no < 0 ? columns.count : tree.end[tree.position[no]!]!;
    for (let at = from; at < to; at = tree.end[at]!) found.push(tree.order[at]!);
    return found;
  }

  durationOf(no: number): number {
    const { columns } = this.prepared;
    return endAt(columns, no, this.run.lastUs) - columns.startUs[no]!;
  }

  shown(no: number): DiffSpan {
    const { tree } = this.prepared;
    const span = this.run.spans[no]!;
    const { spanId, name, kind, status, endUs, model, error } = span;
    const given = shortArguments(span);
    const at = tree.position[no]!;
    return {
      spanId,
      no,
      name,
      ...(given !== undefined && { arguments: given }),
      kind,
      status,
      ...(endUs === undefined && { open: true }),
      ...(model !== undefined && { model }),
      ...(error !== undefined && {
        error: [error.type, error.message].filter(Boolean).join(': ').slice(0, ERROR_PREVIEW),
      }),
      durationUs: this.durationOf(no),
      tokens: this.tokens[no]!,
      costUsd: this.#unknownCost[no] === 1 ? null : this.costUsd[no]!,
      spans: tree.end[at]! - at,
    };
  }
}

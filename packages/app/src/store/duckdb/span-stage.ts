import { errorLineOf, flagsOf, kindCode, parentOf, statusCode } from '@tacho/trace/model/columns';
import type { Span } from '@tacho/trace/model/span';
import { TOKEN_BUCKETS, totalTokens } from '@tacho/trace/model/usage';
import { CHUNK_ROWS, type ColumnType, type ReadyColumn } from './append.ts';
import { ABSENT, cost, counted, fitsColumns, restOf, sinceStart, startOf } from './span-rest.ts';
import { storedText } from './stored-text.ts';
import type { OpenRun, TextRow } from './texts.ts';

/** The columns of `spans`, in the order of its table. */
const COLUMNS = {
  runKey: 'int',
  no: 'int',
  parent: 'int',
  kind: 'byte',
  status: 'byte',
  flags: 'byte',
  startUs: 'long',
  durationUs: 'long',
  firstTokenUs: 'long',
  name: 'int',
  role: 'int',
  component: 'int',
  lane: 'int',
  model: 'int',
  provider: 'int',
  tool: 'int',
  error: 'int',
  priceRow: 'int',
  requests: 'long',
  inputTokens: 'long',
  cacheReadTokens: 'long',
  cacheWriteTokens: 'long',
  cacheWrite1hTokens: 'long',
  outputTokens: 'long',
  reasoningTokens: 'long',
  otherTokens: 'long',
  tokens: 'long',
  costUsd: 'double',
  reportedCostUsd: 'double',
  toolUses: 'long',
  inputs: 'int',
  outputs: 'int',
  spanId: 'text',
  rest: 'text',
} as const satisfies Record<string, ColumnType>;

type Name = keyof typeof COLUMNS;
type Values = { [Column in Name]: (typeof COLUMNS)[Column] extends 'text' ? string[] : Float64Array };

/** Numbers of a span's payloads; 0 is none. */
export type PayloadNumbers = { inputs: number; outputs: number };

/** A chunk of the table `spans` that is being filled: columns of plain numbers, since an object a row cost more than all else. */
export class SpanStage {
  readonly #values = Object.fromEntries(
    Object.entries(COLUMNS).map(([name, type]) => [
      name,
      type === 'text' ? [] : new Float64Array(CHUNK_ROWS),
    ]),
  ) as unknown as Values;
  readonly columns: readonly ReadyColumn[] = Object.entries(COLUMNS).map(([name, type]) => ({
    type,
    values: this.#values[name as Name],
  }));

  /** Sets row `at`. Texts that the run does not have yet are added to `texts`. */
  set(at: number, run: OpenRun, no: number, span: Span, payloads: PayloadNumbers, texts: TextRow[]): void {
    const to = this.#values;
    const parent = parentOf(span, no, (id) => run.numberOf(id));
    to.runKey[at] = run.key;
    to.no[at] = no;
    to.parent[at] = parent;
    to.kind[at] = kindCode(span.kind);
    to.status[at] = statusCode(span.status);
    to.flags[at] = flagsOf(span);
    to.startUs[at] = startOf(span);
    to.durationUs[at] = sinceStart(span, span.endUs);
    to.firstTokenUs[at] = sinceStart(span, span.firstTokenUs);
    to.name[at] = run.textNo(span.name, texts);
    to.role[at] = run.textNo(span.role, texts);
    to.component[at] = run.textNo(span.component, texts);
    to.lane[at] = run.textNo(span.lane, texts);
    to.model[at] = run.textNo(span.model, texts);
    to.provider[at] = run.textNo(span.provider, texts);
    to.tool[at] = run.textNo(span.tool?.name, texts);
    to.error[at] = run.textNo(span.error && errorLineOf(span.error), texts);
    to.priceRow[at] = run.textNo(span.priceRow, texts);
    this.#setUsage(at, span);
    to.costUsd[at] = cost(span.costUsd);
    to.reportedCostUsd[at] = cost(span.reportedCostUsd);
    to.toolUses[at] = counted(span.toolUses);
    to.inputs[at] = payloads.inputs;
    to.outputs[at] = payloads.outputs;
    to.spanId[at] = storedText(span.spanId);
    to.rest[at] = restOf(span, parent);
  }

  #setUsage(at: number, span: Span): void {
    const to = this.#values;
    const usage = span.usage && fitsColumns(span.usage) ? span.usage : undefined;
    to.requests[at] = usage?.requests ?? ABSENT;
    for (const name of TOKEN_BUCKETS) to[name][at] = usage?.[name] ?? 0;
    to.tokens[at] = span.usage === undefined ? 0 : Math.max(0, counted(totalTokens(span.usage)));
  }
}

import { NO_PARENT, rowOf } from '@tacho/trace/model/columns';
import type { JsonValue } from '@tacho/trace/model/json';
import type { StoredSpan } from '../store.ts';
import { append, type Column } from './append.ts';
import { DigestBook, digestColumns, digestOf } from './digest-book.ts';
import type { RunBook } from './run-book.ts';
import type { Session } from './session.ts';
import { fitsColumns, restOf, SPAN_COLUMNS, type StoredRow } from './span-rows.ts';
import { type OpenRun, TEXT_COLUMNS, type TextRow } from './texts.ts';

/** Rows appended at once: two vectors. Larger batches are not faster, and are held in memory three times. */
const FLUSH_ROWS = 4096;

type Waiting = StoredSpan & { run: OpenRun };
type PayloadRow = { no: number; digest: string; content: string };
type Payload = { content: string; digest: string };
type Numbers = { inputs: number; outputs: number };

const PAYLOAD_COLUMNS: readonly Column<PayloadRow>[] = [
  { type: 'int', of: (row) => row.no },
  ...digestColumns<PayloadRow>((row) => row.digest),
  { type: 'text', of: (row) => row.content },
];

/** Spans on their way into the store. They are collected over runs, since appending costs as much a batch as 500 rows. */
export class SpanBuffer {
  readonly #session: Session;
  readonly #runs: RunBook;
  readonly #payloads = new DigestBook('payload-digests', 'known-payloads');
  #waiting: Waiting[] = [];

  constructor(session: Session, runs: RunBook) {
    this.#session = session;
    this.#runs = runs;
  }

  async put(run: OpenRun, spans: readonly StoredSpan[]): Promise<void> {
    for (const { no, span, keepPayload } of spans) {
      run.learnSpan(span.spanId, no);
      this.#waiting.push({ run, no, span, keepPayload: keepPayload === true });
      if (this.#waiting.length >= FLUSH_ROWS) await this.flush();
    }
  }

  forget(): void {
    this.#waiting = [];
    this.#payloads.forget();
  }

  async flush(): Promise<void> {
    const waiting = newestOnly(this.#waiting);
    this.#waiting = [];
    if (waiting.length === 0) return;
    const replaced = waiting.filter(({ run, no }) => no < run.nextSpan);
    const kept = await this.#keptPayloads(replaced.filter((item) => item.keepPayload));
    if (replaced.length > 0) await this.#session.run('delete-spans', addressesOf(replaced));

    const texts: TextRow[] = [];
    const payloads: PayloadRow[] = [];
    const rows = await this.#rows(waiting, kept, texts, payloads);
    await this.#session.append(async (connection) => {
      await append(connection, 'texts', TEXT_COLUMNS, texts);
      await append(connection, 'payloads', PAYLOAD_COLUMNS, payloads);
      await append(connection, 'spans', SPAN_COLUMNS, rows);
    });
    for (const { run, no } of waiting) if (no >= run.nextSpan) run.nextSpan = no + 1;
  }

  async #rows(
    waiting: readonly Waiting[],
    kept: ReadonlyMap<string, Numbers>,
    texts: TextRow[],
    payloads: PayloadRow[],
  ): Promise<StoredRow[]> {
    const inputs = waiting.map(({ span }) => payloadOf(span.inputs));
    const outputs = waiting.map(({ span }) => payloadOf(span.outputs));
    const digests = [...inputs, ...outputs].flatMap((payload) => (payload ? [payload.digest] : []));
    const known = await this.#payloads.find(this.#session, digests);
    const next = await this.#runs.numbers(this.#session);
    const numberOf = (payload: Payload | undefined): number => {
      if (!payload) return 0;
      const { content, digest } = payload;
      let no = known.get(digest);
      if (no === undefined) {
        no = next.payloadNo++;
        known.set(digest, no);
        this.#payloads.add(digest, no);
        payloads.push({ no, digest, content });
      }
      return no;
    };
    return waiting.map((item, at) => {
      const old = item.keepPayload ? kept.get(address(item)) : undefined;
      const numbers = {
        inputs: numberOf(inputs[at]) || (old?.inputs ?? 0),
        outputs: numberOf(outputs[at]) || (old?.outputs ?? 0),
      };
      return storedRow(item, numbers, texts);
    });
  }

  async #keptPayloads(items: readonly Waiting[]): Promise<Map<string, Numbers>> {
    if (items.length === 0) return new Map();
    const rows = await this.#session.rows<{ run_key: number; no: number } & Numbers>(
      'payload-numbers',
      addressesOf(items),
    );
    return new Map(rows.map((row) => [`${row.run_key} ${row.no}`, row]));
  }
}

function address({ run, no }: Waiting): string {
  return `${run.key} ${no}`;
}

function addressesOf(items: readonly Waiting[]): {
  low: number;
  high: number;
  runKeys: Int32Array;
  numbers: Int32Array;
} {
  const runKeys = Int32Array.from(items, ({ run }) => run.key);
  let low = runKeys[0]!;
  let high = low;
  for (const key of runKeys) {
    if (key < low) low = key;
    if (key > high) high = key;
  }
  return { low, high, runKeys, numbers: Int32Array.from(items, ({ no }) => no) };
}

/** A span that was put several times counts as it was put last. */
function newestOnly(waiting: readonly Waiting[]): readonly Waiting[] {
  let run: OpenRun | undefined;
  let last = -1;
  // Spans of a run usually come in the order of their numbers, and then none comes twice.
  const ordered = waiting.every((item) => {
    const rising = item.run !== run ? run === undefined || item.run.key > run.key : item.no > last;
    run = item.run;
    last = item.no;
    return rising;
  });
  if (ordered) return waiting;
  const newest = new Map<string, Waiting>();
  for (const item of waiting) {
    const key = address(item);
    const before = newest.get(key);
    // Payloads that an earlier put of this transaction brought are not stored yet: they are carried over.
    newest.set(key, before && item.keepPayload ? withPayload(item, before) : item);
  }
  return [...newest.values()];
}

function withPayload(item: Waiting, before: Waiting): Waiting {
  const inputs = item.span.inputs ?? before.span.inputs;
  const outputs = item.span.outputs ?? before.span.outputs;
  return {
    ...item,
    keepPayload: before.keepPayload === true,
    span: {
      ...item.span,
      ...(inputs !== undefined && { inputs }),
      ...(outputs !== undefined && { outputs }),
    },
  };
}

function payloadOf(value: JsonValue | undefined): Payload | undefined {
  if (value === undefined) return undefined;
  const content = JSON.stringify(value);
  return { content, digest: digestOf(content) };
}

function storedRow({ run, no, span }: Waiting, numbers: Numbers, texts: TextRow[]): StoredRow {
  const row = rowOf(span, no, (id) => run.numberOf(id));
  // No spread: an object made by one and then extended was 20 times slower to make.
  return {
    runKey: run.key,
    span,
    row,
    parent: row.parent,
    // A span that names itself is a root, and still says what it said.
    parentId: row.parent <= NO_PARENT ? (span.parentId ?? '') : '',
    usage: span.usage && fitsColumns(span.usage) ? span.usage : undefined,
    name: run.textNo(span.name, texts),
    role: run.textNo(span.role, texts),
    component: run.textNo(span.component, texts),
    lane: run.textNo(span.lane, texts),
    model: run.textNo(span.model, texts),
    provider: run.textNo(span.provider, texts),
    tool: run.textNo(span.tool?.name, texts),
    error: run.textNo(row.error, texts),
    priceRow: run.textNo(span.priceRow, texts),
    inputs: numbers.inputs,
    outputs: numbers.outputs,
    rest: restOf(span),
  };
}

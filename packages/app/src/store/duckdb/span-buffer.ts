import type { StoredSpan } from '../store.ts';
import { append, appendReady, CHUNK_ROWS, type Column } from './append.ts';
import { DIGEST_WORDS, DigestBook, type DigestPlace, digestColumns, digestsOf } from './digest-book.ts';
import { contentOf } from './payload-content.ts';
import { partsOf } from './payload-parts.ts';
import type { RunBook } from './run-book.ts';
import type { Session } from './session.ts';
import { type PayloadNumbers, SpanStage } from './span-stage.ts';
import { type OpenRun, TEXT_COLUMNS, type TextRow } from './texts.ts';

type Waiting = StoredSpan & { run: OpenRun };
type PayloadRow = DigestPlace & { no: number; content: string; head?: number };

/** Nobody looks for a later part. */
const NO_DIGEST: DigestPlace = { words: new Int32Array(DIGEST_WORDS), at: 0 };

const PAYLOAD_COLUMNS: readonly Column<PayloadRow>[] = [
  { type: 'int', of: (row) => row.no },
  ...digestColumns<PayloadRow>(),
  { type: 'text', of: (row) => row.content },
  { type: 'int', of: (row) => row.head },
];

/** Spans on their way into the store. They are collected over runs, since appending costs as much a batch as 500 rows; a chunk at a time, since what waits longer is copied by the garbage collector. */
export class SpanBuffer {
  readonly #session: Session;
  readonly #runs: RunBook;
  readonly #payloads = new DigestBook('payload-digests', 'known-payloads');
  readonly #stage = new SpanStage();
  #waiting: Waiting[] = [];

  constructor(session: Session, runs: RunBook) {
    this.#session = session;
    this.#runs = runs;
  }

  async put(run: OpenRun, spans: readonly StoredSpan[]): Promise<void> {
    for (const { no, span, keepPayload } of spans) {
      run.learnSpan(span.spanId, no);
      this.#waiting.push({ run, no, span, keepPayload: keepPayload === true });
      if (this.#waiting.length >= CHUNK_ROWS) await this.flush();
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
    await this.#fill(waiting, kept, texts, payloads);
    await this.#session.append(async (connection) => {
      await appendReady(connection, 'spans', this.#stage.columns, waiting.length);
      await append(connection, 'texts', TEXT_COLUMNS, texts);
      await append(connection, 'payloads', PAYLOAD_COLUMNS, payloads);
    });
    for (const { run, no } of waiting) if (no >= run.nextSpan) run.nextSpan = no + 1;
  }

  /** Puts the spans on the stage. What texts and payloads are new is added to their rows on the way. */
  async #fill(
    waiting: readonly Waiting[],
    kept: ReadonlyMap<string, PayloadNumbers>,
    texts: TextRow[],
    payloads: PayloadRow[],
  ): Promise<void> {
    const numbers = await this.#payloadNumbers(waiting, payloads);
    for (let at = 0; at < waiting.length; at++) {
      const item = waiting[at]!;
      const old = item.keepPayload ? kept.get(address(item)) : undefined;
      const own = {
        inputs: numbers[at * 2] || (old?.inputs ?? 0),
        outputs: numbers[at * 2 + 1] || (old?.outputs ?? 0),
      };
      this.#stage.set(at, item.run, item.no, item.span, own, texts);
    }
  }

  /** Numbers of the payloads, two for each span; 0 is none. Contents that are new are added to `payloads`. */
  async #payloadNumbers(waiting: readonly Waiting[], payloads: PayloadRow[]): Promise<Int32Array> {
    const numbers = new Int32Array(waiting.length * 2);
    const places: number[] = [];
    const contents: string[] = [];
    for (let at = 0; at < waiting.length; at++) {
      const { span } = waiting[at]!;
      if (span.inputs !== undefined) {
        places.push(at * 2);
        contents.push(contentOf(span.inputs));
      }
      if (span.outputs !== undefined) {
        places.push(at * 2 + 1);
        contents.push(contentOf(span.outputs));
      }
    }
    const words = digestsOf(contents);
    const known = await this.#payloads.find(this.#session, words);
    const next = await this.#runs.numbers(this.#session);
    for (let i = 0; i < contents.length; i++) {
      const at = i * DIGEST_WORDS;
      // One that comes twice in these spans was not known before, and is now.
      let no = known[i] ?? this.#payloads.recent(words, at);
      if (no === undefined) {
        no = next.payloadNo++;
        this.#payloads.add(words, at, no);
        const [first, ...others] = partsOf(contents[i]!);
        payloads.push({ words, at, no, content: first! });
        for (const part of others)
          payloads.push({ ...NO_DIGEST, no: next.payloadNo++, content: part, head: no });
      }
      numbers[places[i]!] = no;
    }
    return numbers;
  }

  async #keptPayloads(items: readonly Waiting[]): Promise<Map<string, PayloadNumbers>> {
    if (items.length === 0) return new Map();
    const rows = await this.#session.rows<{ run_key: number; no: number } & PayloadNumbers>(
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

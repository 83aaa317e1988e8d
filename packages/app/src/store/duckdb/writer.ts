import type { JudgedFacts } from '@tacho/trace/model/judged-facts';
import type { RunHeader } from '@tacho/trace/model/run';
import type { RunSummary } from '@tacho/trace/model/summary';
import type { Quarantined, SourcePosition, StoredSpan, StoreWriter } from '../store.ts';
import { append } from './append.ts';
import { CallClaims } from './call-claims.ts';
import { POSITION_COLUMNS } from './positions.ts';
import { QUARANTINE_COLUMNS } from './quarantine.ts';
import { RunBook } from './run-book.ts';
import { RUN_COLUMNS, type RunRow, runRow } from './run-rows.ts';
import type { Session } from './session.ts';
import { SpanBuffer } from './span-buffer.ts';
import type { OpenRun } from './texts.ts';

/** The one writer of a store: what it remembers between transactions, and what waits for the end of this one. */
export class DuckDbWriter implements StoreWriter {
  readonly #session: Session;
  readonly #runs = new RunBook();
  readonly #spans: SpanBuffer;
  readonly #calls: CallClaims;
  readonly #runRows = new Map<number, { run: OpenRun; row: RunRow }>();
  /** Positions by uri: a folder of thousands of files moves thousands of them on in one transaction. */
  readonly #positions = new Map<string, SourcePosition>();
  /** Runs without a row: they need one before the transaction ends. */
  readonly #headless = new Map<OpenRun, string>();

  constructor(session: Session) {
    this.#session = session;
    this.#spans = new SpanBuffer(session, this.#runs);
    this.#calls = new CallClaims(session);
  }

  async putRun(header: RunHeader, summary: RunSummary, judged?: JudgedFacts): Promise<void> {
    const run = await this.#open(header.runId);
    this.#headless.delete(run);
    this.#runRows.set(run.key, { run, row: runRow(run.key, header, summary, judged) });
  }

  async putSpans(runId: string, spans: readonly StoredSpan[]): Promise<void> {
    if (spans.length > 0) await this.#spans.put(await this.#open(runId), spans);
  }

  async claimCalls(runId: string, keys: readonly string[]): Promise<Map<string, string>> {
    if (keys.length === 0) return new Map();
    const run = await this.#open(runId);
    const owners = await this.#calls.claim(run.key, keys);
    const others = new Set(owners.values());
    others.delete(run.key);
    const ids = await this.#idsOf([...others]);
    ids.set(run.key, runId);
    return new Map([...owners].map(([key, owner]) => [key, ids.get(owner) ?? runId]));
  }

  async putPosition(position: SourcePosition): Promise<void> {
    this.#positions.set(position.uri, position);
  }

  async putQuarantine(lines: readonly Quarantined[]): Promise<void> {
    await this.#session.append((connection) => append(connection, 'quarantine', QUARANTINE_COLUMNS, lines));
  }

  async deleteRun(runId: string): Promise<void> {
    await this.flush();
    const [found] = await this.#session.rows<{ run_key: number }>('run-key', { runId });
    if (!found) return;
    const runKey = found.run_key;
    await this.#session.run('delete-run-rows', { low: runKey, high: runKey, runKeys: Int32Array.of(runKey) });
    await this.#session.run('delete-run-texts', { runKey });
    await this.#session.run('delete-run-calls', { runKey });
    await this.#session.run('delete-run-spans', { runKey });
    await this.#session.run('delete-orphan-payloads');
    this.forget();
  }

  async prove(): Promise<void> {
    await this.#session.run('prove-writable');
  }

  /** Brings everything that waits into the transaction. */
  async flush(): Promise<void> {
    await this.#spans.flush();
    await this.#calls.flush();
    const waiting = [...this.#runRows.values()];
    this.#runRows.clear();
    const replaced = Int32Array.from(
      waiting.filter(({ run }) => run.hasRow),
      ({ run }) => run.key,
    );
    if (replaced.length > 0) {
      await this.#session.run('delete-run-rows', {
        low: replaced.reduce((a, b) => Math.min(a, b)),
        high: replaced.reduce((a, b) => Math.max(a, b)),
        runKeys: replaced,
      });
    }
    const rows = waiting.map(({ row }) => row);
    await this.#session.append((connection) => append(connection, 'runs', RUN_COLUMNS, rows));
    for (const { run } of waiting) run.hasRow = true;
    await this.#flushPositions();
  }

  async #flushPositions(): Promise<void> {
    if (this.#positions.size === 0) return;
    const positions = [...this.#positions.values()];
    this.#positions.clear();
    await this.#session.run('delete-positions', { uris: positions.map(({ uri }) => uri) });
    await this.#session.append((connection) =>
      append(connection, 'source_positions', POSITION_COLUMNS, positions),
    );
  }

  /** Brings everything in and checks that the transaction may end. */
  async finish(): Promise<void> {
    await this.flush();
    for (const runId of this.#headless.values()) {
      throw new Error(
        `Spans or calls were written for the run ${runId}, which has no row: call putRun as well.`,
      );
    }
    this.#runs.trim();
  }

  /** Forgets what it remembers: the transaction was rolled back, or rows went another way. */
  forget(): void {
    this.#runs.forget();
    this.#spans.forget();
    this.#calls.forget();
    this.#runRows.clear();
    this.#positions.clear();
    this.#headless.clear();
  }

  async #open(runId: string): Promise<OpenRun> {
    const run = await this.#runs.open(this.#session, runId);
    if (!run.hasRow && !this.#runRows.has(run.key)) this.#headless.set(run, runId);
    return run;
  }

  async #idsOf(runKeys: readonly number[]): Promise<Map<number, string>> {
    const ids = new Map<number, string>();
    for (const [runKey, { row }] of this.#runRows) ids.set(runKey, row.summary.runId);
    for (const [run, runId] of this.#headless) ids.set(run.key, runId);
    if (runKeys.every((key) => ids.has(key))) return ids;
    const rows = await this.#session.rows<{ run_key: number; run_id: string }>('run-ids', {
      runKeys: Int32Array.from(runKeys),
    });
    for (const row of rows) ids.set(row.run_key, row.run_id);
    return ids;
  }
}

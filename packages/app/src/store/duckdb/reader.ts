import type { SpanColumns } from '@tacho/trace/model/columns';
import type { Run, RunHeader } from '@tacho/trace/model/run';
import { SPAN_KINDS, type Span } from '@tacho/trace/model/span';
import type { RunSummary } from '@tacho/trace/model/summary';
import type { UsualTime } from '@tacho/trace/model/usual-time';
import type { RunList, RunQuery } from '@tacho/trace/wire/runs';
import type { SearchAnswer, SessionList } from '@tacho/trace/wire/search';
import type { ToolList } from '@tacho/trace/wire/tools';
import type { JudgedUse, Quarantined, RepeatedCalls, SourcePosition, StoreReader } from '../store.ts';
import { judgedFrom } from './judged-text.ts';
import { payloadFrom } from './payload-content.ts';
import { joinedParts } from './payload-parts.ts';
import { type QuarantineRow, quarantinedFrom } from './quarantine.ts';
import { repeatedCalls } from './repeated-calls.ts';
import { fillFilter, filterOf } from './run-filter.ts';
import { listRuns } from './run-list.ts';
import { headerWithin } from './run-rows.ts';
import { searchAll } from './search-all.ts';
import type { Session } from './session.ts';
import { listSessions } from './session-list.ts';
import { readColumns } from './span-columns.ts';
import { type ReadSpan, spansOf } from './span-read.ts';
import { textFrom } from './stored-text.ts';
import { listTools } from './tool-list.ts';

/** What is usual is told by so many of the newest runs, and so many kinds of calls of them. */
const USUAL_RUNS = 200;
const MOST_USUAL = 500;

/** Answers questions within one transaction: all of them see the same state. */
export class DuckDbReader implements StoreReader {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  runs(query: RunQuery): Promise<RunList> {
    return listRuns(this.#session, query);
  }

  async summary(runId: string): Promise<RunSummary | undefined> {
    const [row] = await this.#session.rows<{ summary: string }>('summary', { runId });
    return row && (JSON.parse(row.summary) as RunSummary);
  }

  async eachJudged(query: RunQuery, use: JudgedUse): Promise<void> {
    const { sql, values } = filterOf(query);
    await this.#session.chunksOf(fillFilter('judged', sql), values, (chunk) => {
      const texts = chunk.getColumnVector(0);
      for (let at = 0; at < chunk.rowCount; at++)
        for (const facts of judgedFrom(texts.getItem(at) as string)) use.facts(facts);
    });
    await this.#session.chunksOf(fillFilter('unjudged', sql), values, (chunk) => {
      const summaries = chunk.getColumnVector(0);
      for (let at = 0; at < chunk.rowCount; at++)
        use.summary(JSON.parse(summaries.getItem(at) as string) as RunSummary);
    });
  }

  async findRuns(prefix: string, limit: number): Promise<string[]> {
    const rows = await this.#session.rows<{ run_id: string }>('find-runs', { prefix, limit });
    return rows.map((row) => row.run_id);
  }

  async storedRuns(runIds: readonly string[]): Promise<Set<string>> {
    if (runIds.length === 0) return new Set();
    const rows = await this.#session.rows<{ run_id: string }>('stored-runs', { runIds });
    return new Set(rows.map((row) => row.run_id));
  }

  async run(runId: string): Promise<Run | undefined> {
    return (await this.#restored(runId))?.run;
  }

  async fullRun(runId: string): Promise<Run | undefined> {
    const restored = await this.#restored(runId);
    if (!restored) return undefined;
    const { run, runKey, reads } = restored;
    const payloads = await this.#payloadsOf(runKey);
    for (const read of reads) addPayloads(read, (no) => payloads.get(no));
    return run;
  }

  async columns(runId: string): Promise<SpanColumns | undefined> {
    const [found] = await this.#session.rows<{ run_key: number }>('run-key', { runId });
    if (!found) return undefined;
    const runKey = found.run_key;
    const [counted] = await this.#session.rows<{ span_count: number }>('span-count', { runKey });
    return readColumns(this.#session, runKey, counted!.span_count, await this.#texts(runKey));
  }

  async span(runId: string, no: number): Promise<Span | undefined> {
    const [found] = await this.#session.rows<{ run_key: number }>('run-key', { runId });
    if (!found) return undefined;
    const runKey = found.run_key;
    const texts = await this.#texts(runKey);
    const reads: ReadSpan[] = [];
    await this.#session.chunks('span', { runKey, no }, (chunk) => reads.push(...spansOf(chunk, texts)));
    const [read] = reads;
    if (!read) return undefined;
    if (read.parent >= 0) {
      const [parent] = await this.#session.rows<{ span_id: string }>('span-id', { runKey, no: read.parent });
      if (parent) read.span.parentId ??= textFrom(parent.span_id);
    }
    const payloads = new Map<number, string>();
    for (const payloadNo of new Set([read.inputs, read.outputs])) {
      if (payloadNo === 0) continue;
      const parts = await this.#session.rows<{ content: string }>('payload', { payloadNo });
      if (parts.length > 0) payloads.set(payloadNo, joinedParts(parts.map(({ content }) => content)));
    }
    addPayloads(read, (payloadNo) => payloads.get(payloadNo));
    return read.span;
  }

  async running(): Promise<string[]> {
    const rows = await this.#session.rows<{ run_id: string }>('running');
    return rows.map((row) => row.run_id);
  }

  async positions(): Promise<SourcePosition[]> {
    const rows = await this.#session.rows<PositionRow>('positions');
    return rows.map((row) => ({
      uri: row.uri,
      format: row.format,
      offset: row.read_bytes,
      size: row.size_bytes,
      modifiedMs: row.modified_ms,
      fingerprint: row.fingerprint,
      runIds: row.run_ids,
      ...(row.records !== null && { records: row.records }),
    }));
  }

  sessions(query: RunQuery, limit: number): Promise<SessionList> {
    return listSessions(this.#session, query, limit);
  }

  tools(query: RunQuery, limit: number): Promise<ToolList> {
    return listTools(this.#session, query, limit);
  }

  search(text: string, limit: number): Promise<SearchAnswer> {
    return searchAll(this.#session, text, limit);
  }

  async repeatedCalls(runId: string, least: number): Promise<RepeatedCalls[]> {
    const [found] = await this.#session.rows<{ run_key: number }>('run-key', { runId });
    if (!found) return [];
    return repeatedCalls(this.#session, found.run_key, least);
  }

  async usualTimes(): Promise<UsualTime[]> {
    const values = { runs: USUAL_RUNS, most: MOST_USUAL };
    const rows = await this.#session.rows<UsualRow>('usual-times', values);
    return rows.map(({ kind, tool, model, calls, median_us, p95_us }) => ({
      kind: SPAN_KINDS[kind]!,
      tool: textFrom(tool),
      model: textFrom(model),
      calls,
      medianUs: median_us,
      p95Us: p95_us,
    }));
  }

  async leaningRuns(runId: string): Promise<string[]> {
    const rows = await this.#session.rows<{ run_id: string }>('leaning-runs', { runId });
    return rows.map((row) => row.run_id);
  }

  async lostRuns(): Promise<string[]> {
    const rows = await this.#session.rows<{ run_id: string }>('lost-runs');
    return rows.map((row) => row.run_id);
  }

  async quarantine(limit: number): Promise<{ total: number; lines: Quarantined[] }> {
    const [counted] = await this.#session.rows<{ total: number }>('quarantine-total');
    const rows = await this.#session.rows<QuarantineRow>('quarantine', { limit });
    return { total: counted!.total, lines: rows.map(quarantinedFrom) };
  }

  /** The contents of a run by number. */
  async #payloadsOf(runKey: number): Promise<Map<number, string>> {
    const contents = new Map<number, string>();
    const later = new Map<number, { no: number; part: string }[]>();
    await this.#session.chunks('run-payloads', { runKey }, (chunk) => {
      const [numbers, heads, texts] = [0, 1, 2].map((column) => chunk.getColumnVector(column));
      for (let at = 0; at < chunk.rowCount; at++) {
        const [no, head] = [numbers!.getItem(at) as number, heads!.getItem(at) as number];
        const part = texts!.getItem(at) as string;
        if (no === head) contents.set(no, part);
        else {
          const parts = later.get(head);
          if (parts) parts.push({ no, part });
          else later.set(head, [{ no, part }]);
        }
      }
    });
    for (const [head, parts] of later) {
      const inOrder = parts.sort((a, b) => a.no - b.no).map(({ part }) => part);
      contents.set(head, joinedParts([contents.get(head) ?? '', ...inOrder]));
    }
    return contents;
  }

  /** The texts of a run by number; number 0 is ''. */
  async #texts(runKey: number): Promise<string[]> {
    const texts = [''];
    await this.#session.chunks('texts', { runKey }, (chunk) => {
      const [numbers, contents] = [chunk.getColumnVector(0), chunk.getColumnVector(1)];
      for (let at = 0; at < chunk.rowCount; at++)
        texts[numbers.getItem(at) as number] = textFrom(contents.getItem(at) as string);
    });
    return texts;
  }

  async #restored(runId: string): Promise<{ run: Run; runKey: number; reads: ReadSpan[] } | undefined> {
    const [row] = await this.#session.rows<HeaderRow>('header', { runId });
    if (!row) return undefined;
    const runKey = row.run_key;
    const header: RunHeader =
      row.header === null ? headerWithin(JSON.parse(row.summary) as RunSummary) : JSON.parse(row.header);
    const texts = await this.#texts(runKey);
    const reads: ReadSpan[] = [];
    await this.#session.chunks('spans', { runKey }, (chunk) => {
      for (const read of spansOf(chunk, texts)) reads[read.no] = read;
    });
    for (const { parent, span } of reads) {
      const known = reads[parent];
      if (known) span.parentId ??= known.span.spanId;
    }
    return { run: { ...header, spans: reads.map((read) => read.span) }, runKey, reads };
  }
}

type HeaderRow = { run_key: number; summary: string; header: string | null };
type UsualRow = {
  kind: number;
  tool: string;
  model: string;
  calls: number;
  median_us: number;
  p95_us: number;
};
type PositionRow = {
  uri: string;
  records: number | null;
  format: string;
  read_bytes: number;
  size_bytes: number;
  modified_ms: number;
  fingerprint: string;
  run_ids: string[];
};

function addPayloads(read: ReadSpan, contentOf: (payloadNo: number) => string | undefined): void {
  const inputs = contentOf(read.inputs);
  const outputs = contentOf(read.outputs);
  if (inputs !== undefined) read.span.inputs = payloadFrom(inputs);
  if (outputs !== undefined) read.span.outputs = payloadFrom(outputs);
}

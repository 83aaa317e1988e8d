import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Format, Head, Input, Refusal } from '@tacho/trace/formats/format';
import { foldRun } from '@tacho/trace/model/fold';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { Run } from '@tacho/trace/model/run';

const ROOT = join(import.meta.dirname, '..');

/** Real files of real tools. They are not part of the repository. */
export const CORPUS = process.env.TACHO_CORPUS ?? join(ROOT, '../shared/samples');

export type Sample = { name: string; path: string; bytes: Buffer };

/** The files below a folder whose path, from there, matches; none when the folder is not there. */
export function filesBelow(folder: string, pattern = /./): Sample[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => ({ name: entry.name, full: join(entry.parentPath, entry.name) }))
    .map(({ name, full }) => ({ name, full, path: full.slice(folder.length + 1).replaceAll('\\', '/') }))
    .filter(({ path }) => pattern.test(path))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ name, full, path }) => ({ name, path, bytes: readFileSync(full) }));
}

export function fixturesOf(format: string): Sample[] {
  return filesBelow(join(ROOT, 'fixtures', format));
}

/** The beginning of a source, as a reader of folders would make it. */
export function headOf(bytes: Uint8Array, name?: string): Head {
  const head = bytes.subarray(0, 65_536);
  return {
    text: new TextDecoder().decode(head),
    bytes: head,
    complete: bytes.length <= 65_536,
    ...(name !== undefined && { name }),
  };
}

export type Reading = { records: TraceRecord[]; refusals: Refusal[] };

/** Reads bytes to their end, handed over in chunks of the given size. */
export async function readBytes(
  format: Format,
  bytes: Uint8Array,
  options: { name?: string; chunk?: number } = {},
): Promise<Reading> {
  const { name = 'source.jsonl', chunk = 65_536 } = options;
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  const reading: Reading = { records: [], refusals: [] };
  const input: Input = { name, chunks: chunks(), refuse: (refusal) => reading.refusals.push(refusal) };
  for await (const batch of format.read!(input)) reading.records.push(...batch);
  return reading;
}

/** The runs that records fold into, by id. */
export function runsOf(records: readonly TraceRecord[]): Map<string, Run> {
  const byRun = new Map<string, TraceRecord[]>();
  for (const record of records) {
    const list = byRun.get(record.run_id!);
    if (list) list.push(record);
    else byRun.set(record.run_id!, [record]);
  }
  return new Map([...byRun].map(([runId, list]) => [runId, foldRun(list, runId)]));
}

/** A run as two readings must agree on it. */
export function comparable(run: Run): unknown {
  // A whole span's end is heard of, a computed one is not; a written stream says the start; notes are a set.
  const lastUs = run.spans.reduce((last, span) => Math.max(last, span.endUs ?? 0), run.lastUs);
  const { startEstimated: _, ...known } = run;
  // That an open span was updated only a stream says: a file is over when it is read.
  const spans = run.spans.map(({ updatedUs: __, ...span }) => span);
  return { ...known, spans, lastUs, notes: [...run.notes].sort((a, b) => (a.code < b.code ? -1 : 1)) };
}

/** A stream of numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The bytes with something wrong: a byte changed, a piece missing, doubled, moved, or noise put in. */
export function corrupt(bytes: Uint8Array, random: () => number): Uint8Array {
  const pick = (below: number): number => Math.floor(random() * below);
  const at = pick(bytes.length);
  const length = 1 + pick(40);
  const [before, piece, after] = [
    bytes.subarray(0, at),
    bytes.subarray(at, at + length),
    bytes.subarray(at + length),
  ];
  const noise = Uint8Array.from({ length: 1 + pick(6) }, () => pick(256));
  const brackets = new TextEncoder().encode(
    ['{', '}', '[', ']', '"', '\n', '\r', '\\', ',', ':', '\u0000'][pick(11)],
  );
  const choices = [
    [before, noise, bytes.subarray(at + 1)],
    [before, brackets, bytes.subarray(at + 1)],
    [before, after],
    [before, piece, piece, after],
    [before, noise, bytes.subarray(at)],
    [piece, before, after],
  ];
  return Buffer.concat(choices[pick(choices.length)]!);
}

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { ledgerOf } from '@tacho/trace/analysis/ledger';
import { treeOf } from '@tacho/trace/analysis/tree';
import { claudeCode } from '@tacho/trace/formats/claude-code/format';
import type { Refusal } from '@tacho/trace/formats/format';
import { columnsOf } from '@tacho/trace/model/columns';
import { foldRun } from '@tacho/trace/model/fold';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { Run } from '@tacho/trace/model/run';
import type { Span } from '@tacho/trace/model/span';

/** A fixture of Claude Code's format, as text. */
export function fixture(path: string): string {
  return readFileSync(new URL(`../fixtures/claude-code/${path}`, import.meta.url), 'utf8');
}

export type Reading = { records: TraceRecord[]; refusals: Refusal[] };

/** Reads a text in chunks of `chunk` bytes. */
export async function read(
  text: string,
  {
    name = 'x.jsonl',
    chunk = 1 << 20,
    runId,
    live = false,
  }: { name?: string; chunk?: number; runId?: string; live?: boolean } = {},
): Promise<Reading> {
  const bytes = new TextEncoder().encode(text);
  const reading: Reading = { records: [], refusals: [] };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  const input = {
    name,
    chunks: chunks(),
    live,
    ...(runId !== undefined && { runId }),
    refuse: (refusal: Refusal) => void reading.refusals.push(refusal),
  };
  for await (const batch of claudeCode.read!(input)) reading.records.push(...batch);
  return reading;
}

export async function runOf(...paths: string[]): Promise<Run> {
  const records: TraceRecord[] = [];
  for (const path of paths) records.push(...(await read(fixture(path), { name: basename(path) })).records);
  return foldRun(records);
}

/** The tree as a person reads it: kind, name, seconds, tokens counted. */
export function outline(run: Run): string[] {
  const columns = columnsOf(run);
  const tree = treeOf(columns);
  const counted = new Map(ledgerOf(run, columns, tree).entries.map((entry) => [entry.no, entry]));
  return [...tree.order].map((no) => {
    const span = run.spans[no]!;
    const seconds = span.endUs === undefined ? 'open' : `${(span.endUs - span.startUs) / 1e6}s`;
    const usage = counted.get(no);
    const tokens = usage ? ` ${usage.verdict}` : '';
    const status = span.status === 'ok' ? '' : ` ${span.status}`;
    return `${'  '.repeat(tree.depth[no]!)}${span.kind} ${span.name} ${seconds}${status}${tokens}`;
  });
}

export const withoutTimes = (row: string): string => row.replace(/ [\d.]+s/, '');

export function spanNamed(run: Run, name: string): Span {
  const span = run.spans.find((candidate) => candidate.name === name);
  if (!span) throw new Error(`no span ${name} among ${run.spans.map((each) => each.name).join(', ')}`);
  return span;
}

/** Lines of a transcript, as JavaScript objects. */
let serial = 0;
export function base(type: string, uuid = `u${serial++}`): Record<string, unknown> {
  return { type, uuid, isSidechain: false, sessionId: 'ses', timestamp: '2026-01-01T00:00:01.000Z' };
}
export function prompt(text: string): object {
  return { ...base('user'), timestamp: '2026-01-01T00:00:00.000Z', message: { role: 'user', content: text } };
}
export function assistant(
  id: string | undefined,
  content: unknown,
  usage?: unknown,
  model = 'm',
  stop: string | null = null,
): object {
  return {
    ...base('assistant'),
    message: { ...(id !== undefined && { id }), model, role: 'assistant', content, usage, stop_reason: stop },
  };
}
export function result(id: string, content: string): object {
  return {
    ...base('user'),
    message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content }] },
  };
}
export function lines(...values: object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

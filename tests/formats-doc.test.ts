import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FORMATS, formatNamed } from '@tacho/trace/formats/index';
import { foldRun } from '@tacho/trace/model/fold';
import type { JsonValue } from '@tacho/trace/model/json';
import type { TraceRecord } from '@tacho/trace/model/record';
import { parseRecord, RECORD_EVENTS } from '@tacho/trace/model/record';
import { expect, test } from 'vitest';
import { fixturesOf, readBytes, runsOf } from './format-cases.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/formats.md'), 'utf8');

/** The rows of the first table behind a heading, as cells. */
function tableAfter(heading: string): string[][] {
  const lines = page.slice(page.indexOf(`${heading}\n`)).split('\n');
  const first = lines.findIndex((line) => line.startsWith('|---'));
  const rows = lines.slice(first + 1);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith('|')),
    )
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('\\|', '|')),
    );
}

const code = (cell: string): string => cell.replace(/^`|`$/g, '');
const fieldsOf = (heading: string): string[] => tableAfter(heading).map(([field]) => code(field!));

test('the table of formats says what each can do', () => {
  expect(
    tableAfter('# Formats')
      .map(([name, , ...can]) => [code(name!), ...can])
      .sort(),
  ).toEqual(
    FORMATS.map(({ name, read, write, follow }) => [
      name,
      ...[read, write, follow].map((can) => (can === undefined ? '' : 'yes')),
    ]).sort(),
  );
});

test('every event is documented with the fields it cannot do without', () => {
  const rows = tableAfter('### Records');
  expect(rows.map(([event]) => code(event!)).sort()).toEqual([...RECORD_EVENTS].sort());
  for (const [event, needs] of rows) {
    const needed = needs === '' ? [] : needs!.split(', ').map(code);
    const record = { event: code(event!), ...Object.fromEntries(needed.map((field) => [field, 'x'])) };
    expect(parseRecord({ ...record })).toEqual(record);
    for (const field of needed) expect(parseRecord({ ...record, [field]: undefined })).toMatch(`"${field}"`);
  }
});

test('every documented field is understood, with its example', () => {
  for (const [heading, event] of [
    ['### Run fields', 'run_update'],
    ['### Span fields', 'span'],
  ] as const)
    for (const [field, example] of tableAfter(heading)) {
      const value: JsonValue = JSON.parse(code(example!));
      const record = { span_id: 'a', ts: 1712534400, event, [code(field!)]: value } as unknown as TraceRecord;
      const run = foldRun([record], 'r');
      // A field that nobody understands is kept as an attribute: what a reader gets for a misspelt one.
      const attributes = event === 'span' ? run.spans[0]!.attributes : run.attributes;
      const kept = code(field!) === 'attributes' ? [] : Object.keys(attributes ?? {});
      expect([field, kept.filter((name) => name !== 'span_id')]).toEqual([field, []]);
    }
});

test('every field that is written is documented', async () => {
  const telemetry = formatNamed('telemetry')!;
  const documented: Record<string, string[]> = {
    run: fieldsOf('### Run fields'),
    span: fieldsOf('### Span fields'),
  };
  const written = new Map<string, Set<string>>();
  for (const { bytes, name } of fixturesOf('telemetry'))
    for (const run of runsOf((await readBytes(telemetry, bytes, { name })).records).values())
      for (const line of [...telemetry.write!(run)].join('').trim().split('\n')) {
        const {
          event,
          ts: _,
          run_id: __,
          span_id: ___,
          ...fields
        } = JSON.parse(line) as { [name: string]: JsonValue };
        const kind = String(event).startsWith('run')
          ? 'run'
          : event === 'score' || event === 'span_event'
            ? ''
            : 'span';
        for (const field in fields) written.set(kind, (written.get(kind) ?? new Set()).add(field));
      }
  for (const kind of ['run', 'span'])
    expect([...written.get(kind)!].filter((field) => !documented[kind]!.includes(field))).toEqual([]);
  expect(written.get('span')!.size).toBeGreaterThan(20);
});

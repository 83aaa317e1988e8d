import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatNamed } from '@tacho/trace/formats/index';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { anyRecord } from '../../../../tests/any-record.ts';
import { anyRunShape, hostileTexts } from '../../../../tests/any-run.ts';
import { fixturesOf } from '../../../../tests/format-cases.ts';
import { schemaNamed, TestTerminal } from '../../../../tests/terminal.ts';
import { run } from '../cli/main.ts';
import { readTable } from '../prices/read-table.ts';
import { ARTIFACT_KINDS } from './artifact-kinds.ts';
import { checkArtifact } from './check-artifact.ts';
import { checkerFor } from './schema-problems.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tacho-validate-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function typed(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const terminal = new TestTerminal();
  terminal.cwd = folder;
  const code = await run(['validate', ...argv], terminal);
  return { code, out: terminal.stdout, err: terminal.stderr };
}

/** What is printed of a file with this content. */
async function said(name: string, content: string | Uint8Array, ...options: string[]): Promise<string[]> {
  await writeFile(join(folder, name), content);
  const { code, out } = await typed(name, ...options);
  expect(code, out).toBe(out.includes(': valid (') ? 0 : 1);
  return out.trimEnd().split('\n');
}

const CALL = { model: 'm', prompt_tokens: 1, completion_tokens: 2 };
const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

describe('what Tacho itself writes of any run keeps to the published schemas', () => {
  test.each([
    ['instrumentation', 'instrumentation-run'],
    ['run-summary', 'run-summary-file'],
    ['run-manifest', 'run-manifest'],
    ['runs-jsonl', 'runs-line'],
    ['enterprise-metrics', 'enterprise-metrics'],
    ['chrome-trace', 'trace'],
    ['harness-trace', 'harness-trace'],
  ])('%s', (format, schema) => {
    const check = checkerFor(schema);
    fc.assert(
      fc.property(anyRunShape, hostileTexts, ({ make }, texts) => {
        const text = [...formatNamed(format)!.write!(make(texts))].join('');
        expect(check(JSON.parse(text))).toEqual([]);
      }),
    );
  });

  test('the stream', () => {
    const check = checkerFor('telemetry-record');
    fc.assert(
      fc.property(anyRunShape, hostileTexts, ({ make }, texts) => {
        const lines = [...formatNamed('telemetry')!.write!(make(texts))].join('').trimEnd().split('\n');
        for (const text of lines) expect(check(JSON.parse(text))).toEqual([]);
      }),
    );
  });

  // Of durations below nothing, which the fold survives, it is right to tell.
  test('and any record', () => {
    const check = checkerFor('telemetry-record');
    fc.assert(
      fc.property(anyRecord, (record) => {
        const problems = check(JSON.parse(JSON.stringify(record)));
        expect(problems.filter(({ pointer }) => !/_ms$/.test(pointer))).toEqual([]);
      }),
    );
  });

  test('and the files that others wrote are recognised', async () => {
    for (const [format, kind] of [
      ['instrumentation', 'instrumentation'],
      ['instrumentation-calls', 'instrumentation-calls'],
      ['run-manifest', 'run-manifest'],
    ] as const)
      for (const { name, bytes } of fixturesOf(format)) {
        await writeFile(join(folder, name), bytes);
        expect(await checkArtifact(join(folder, name)), name).toMatchObject({
          kind: { name: kind },
          problems: [],
        });
      }
  });
});

test('every kind has a schema that is published', () => {
  for (const { schema, shape } of ARTIFACT_KINDS) {
    expect(schemaNamed(schema).$id).toBe(`${schema}.schema.json`);
    if (shape !== 'yaml') expect(checkerFor(schema)({}), schema).not.toEqual([]);
  }
});

describe('what is wrong is told with its place', () => {
  test('in lines', async () => {
    const text = `${line(CALL)}\n${line({ ...CALL, prompt_tokens: -1 })}{"model": }\n${line({ ...CALL, request_ms: '3' })}`;
    expect(await said('calls.jsonl', text)).toEqual([
      'calls.jsonl:3: /prompt_tokens: expected at least 0, found -1',
      'calls.jsonl:4:11: is no JSON: expected a value, found "}"',
      'calls.jsonl:5: /request_ms: expected a number or null, found the text "3"',
    ]);
  });

  test('in a document', async () => {
    const [{ bytes } = { bytes: Buffer.alloc(0) }] = fixturesOf('instrumentation').filter(
      ({ name }) => name === 'instrumentation.json',
    );
    const report = JSON.parse(bytes.toString()) as { run_id?: string; stages: Record<string, unknown>[] };
    delete report.run_id;
    report.stages[1]!.status = 'finished';
    report.stages[2]!.cpu_user_seconds = -0.5;
    report.stages[3]!.started_at = 'yesterday';
    expect(await said('instrumentation.json', JSON.stringify(report))).toEqual([
      'instrumentation.json: "run_id" is missing',
      'instrumentation.json: /stages/1/status: expected one of "running", "done", "failed", "skipped", found the text "finished"',
      'instrumentation.json: /stages/2/cpu_user_seconds: expected at least 0, found -0.5',
      'instrumentation.json: /stages/3/started_at: expected a time like 2026-03-13T09:30:00Z, found the text "yesterday"',
    ]);
  });

  test('in a report that lacks what every report has, or names two stages alike', async () => {
    const stage = {
      ...{ id: 'a', stage: 'clean', module_id: null, status: 'done', started_at: null, wall_seconds: 1 },
      llm_totals: { calls: 0, prompt_tokens: 0, completion_tokens: 0, cost: 0 },
    };
    const totals = { ...stage.llm_totals, per_model: {} };
    const least = { run_id: 'r', stages: [stage, { ...stage, id: 'b' }, stage], totals };
    expect(await said('instrumentation.json', JSON.stringify(least))).toEqual([
      ...['started_at', 'ended_at', 'wall_seconds', 'pricing', 'env'].map(
        (field) => `instrumentation.json: "${field}" is missing`,
      ),
      'instrumentation.json: /stages/2/id: "a" is the id of /stages/0 already',
    ]);
  });

  test('in JSON that is none', async () => {
    expect(await said('run_summary.json', '{\n  "run_id": "a",\n  "phases": NaN\n}')).toEqual([
      'run_summary.json:3:13: is no JSON: NaN is no value, expected a number or null',
    ]);
    expect(await said('run_summary.json', '{"run_id": "a"')).toEqual([
      'run_summary.json:1:15: is no JSON: it ends before the value does',
    ]);
    expect(await said('run_summary.json', '')).toEqual(['run_summary.json:1:1: is empty']);
  });

  test('in the stream', async () => {
    const text =
      line({ event: 'span_start', ts: 1_700_000_000 }) +
      line({ event: 'begin' }) +
      line({ event: 'phase', name: 'a', ts: 'then' });
    expect(await said('telemetry.jsonl', text)).toEqual([
      'telemetry.jsonl:1: "span_id" is missing',
      expect.stringMatching(
        /^telemetry\.jsonl:2: \/event: expected one of "run_start", .*, found the text "begin"$/,
      ),
      'telemetry.jsonl:3: /ts: the field "ts" is no time: "then"',
    ]);
  });

  test('in a recipe and in a price table', async () => {
    expect(await said('any.yaml', 'stages:\n  - id: a\n')).toEqual([
      'any.yaml:2:5: stages[0].command: is missing: a stage needs "command" (a list) or "shell" (a text)',
    ]);
    expect(await said('mine.yml', 'models:\n  a: { input_per_1m: x }\n')).toEqual([
      'mine.yml:2:8: models.a.input_per_1m: expected a number from 0 to 1000000, found the text "x"',
    ]);
    expect(await said('prices.yaml', 'models: {}\n')).toEqual(['prices.yaml: has no row that works']);
  });
});

test('what a file is shows in its content before its name; --as says it where nothing does', async () => {
  expect(await said('telemetry.jsonl', line({ schema_version: 'instrumentation_call_v1', ...CALL }))).toEqual(
    ['telemetry.jsonl: valid (instrumentation_calls.jsonl, 1 line)'],
  );
  expect(
    await said('y.json', JSON.stringify({ schema_version: 'instrumentation_call_v1', ...CALL })),
  ).toEqual(['y.json: valid (instrumentation_calls.jsonl, 1 line)']);
  expect(await said('trace.json', '{"displayTimeUnit": "ms", "traceEvents": []}')).toEqual([
    'trace.json: valid (trace.json, trace.schema.json)',
  ]);
  expect(await said('x.json', '{"a": 1}')).toEqual([
    'x.json: not recognised: neither its name nor its content says what it is; name it with --as',
  ]);
  expect((await said('x.json', '{"a": 1}', '--as', 'run-summary')).length).toBeGreaterThan(3);
  expect(await said('x', line(CALL).repeat(2))).toEqual(['x: valid (instrumentation_calls.jsonl, 2 lines)']);
  expect(await typed('x.json', '--as', 'run-sumary')).toMatchObject({
    code: 2,
    err: expect.stringContaining('Did you mean run-summary?'),
  });
  expect(await typed('none.json')).toMatchObject({
    code: 3,
    err: expect.stringContaining('none.json cannot be read'),
  });
});

test('one wrong file among many is enough for exit code 1, and --json says the same', async () => {
  await writeFile(join(folder, 'good.jsonl'), line(CALL));
  await writeFile(join(folder, 'bad.jsonl'), line({ ...CALL, model: 7 }).repeat(150));
  expect((await typed('good.jsonl')).code).toBe(0);
  const printed = await typed('good.jsonl', 'bad.jsonl');
  expect(printed.code).toBe(1);
  expect(printed.out).toContain('bad.jsonl: … and 130 more problems');
  const { code, out } = await typed('good.jsonl', 'bad.jsonl', '--json');
  const answer = JSON.parse(out) as {
    files: { valid: boolean; problemCount: number; problems: unknown[] }[];
  };
  expect(code).toBe(1);
  expect(
    answer.files.map(({ valid, problemCount, problems }) => [valid, problemCount, problems.length]),
  ).toEqual([
    [true, 0, 0],
    [false, 150, 100],
  ]);
  expect(new Ajv2020({ allowUnionTypes: true }).validate(schemaNamed('validation'), answer)).toBe(true);
});

test('hostile files are told, and nothing of them reaches the terminal as it is', async () => {
  const deep = `{"stages":${'['.repeat(5_000)}${']'.repeat(5_000)}}`;
  expect(await said('instrumentation.json', deep)).toEqual([
    'instrumentation.json: nests deeper than 200 levels',
  ]);
  const [told] = await said('calls.jsonl', line({ ...CALL, request_ms: '\u001b[2J\u0007' }));
  expect(told).not.toContain('\u001b');
  expect(
    await said('instrumentation.json', '{"__proto__": {"run_id": "x"}, "stages": [], "totals": {}}'),
  ).toContain('instrumentation.json: "run_id" is missing');
  expect((await said('telemetry.jsonl', Buffer.from([0x7b, 0xff, 0xfe, 0x0a])))[0]).toMatch(
    /^telemetry\.jsonl:1/,
  );
});

test('the published schema of price tables takes and refuses what the reader does', () => {
  const isTable = new Ajv2020({ allowUnionTypes: true }).compile(schemaNamed('price-table'));
  const tables: readonly [good: boolean, text: string][] = [
    [true, 'models: { a: { input_per_1m: 1, output_per_1m: 2 } }'],
    [
      true,
      'currency: USD\nupdated_at: 2026-04-01\nmodels: { a: { prompt_per_1k: 0.1 } }\ndefault: { completion_per_1k: 1 }',
    ],
    [
      true,
      'models: { a: [{ input_per_1m: 1, valid_until: 2026-03-12 }, { input_per_1m: 2, valid_from: 2026-03-13 }] }',
    ],
    [true, 'models: { a: { input_per_1m: 3, tiers: [{ above_input_tokens: 200000, input_per_1m: 6 }] } }'],
    [
      true,
      'models: { a: { input_per_1m: 3, currency: EUR, usd_per_unit: 1.1 } }\nprojects: { p: { models: { a: { request_per_1k: 1 } } } }',
    ],
    [false, 'models: { a: { input: 1 } }'],
    [false, 'models: { a: { input_per_1m: -1 } }'],
    [false, 'models: { a: { input_per_1m: 1, valid_from: soon } }'],
    [false, 'models: { a: { input_per_1m: 1, tiers: [{ input_per_1m: 2 }] } }'],
    [false, 'models: { a: 3 }'],
    [false, 'modles: {}'],
    [false, 'projects: { p: { rows: {} } }\nmodels: { a: { input_per_1m: 1 } }'],
  ];
  for (const [good, text] of tables) {
    expect(readTable(text, 't').problems.length === 0, text).toBe(good);
    expect(isTable(parse(text)), text).toBe(good);
  }
});

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import {
  CORPUS,
  comparable,
  corrupt,
  filesBelow,
  fixturesOf,
  headOf,
  type Reading,
  randomNumbers,
  readBytes,
  runsOf,
  type Sample,
} from '../../../../tests/format-cases.ts';
import { criteriaOf, roundsOf } from '../analysis/scores.ts';
import { treeOf } from '../analysis/tree.ts';
import { columnsOf } from '../model/columns.ts';
import { emptyRun } from '../model/fold.ts';
import type { JsonValue } from '../model/json.ts';
import type { TraceRecord } from '../model/record.ts';
import type { Run } from '../model/run.ts';
import { detections } from './detection.ts';
import type { Format, Refusal } from './format.ts';
import { FORMATS, formatNamed } from './index.ts';

/** What the suite must know of a format beyond its contract. An exception stands here with its reason, or nowhere. */
type Case = {
  /** Its real files: a folder of the corpus, and which files of it. */
  samples?: { folder: string; files: RegExp };
  /** Files of which the name alone tells the format. */
  onlyByName?: { files: RegExp; reason: string };
  /** Files in which a wrong byte may cost what stands around it. */
  fragile?: { files: RegExp; reason: string };
  /** The run as the format's writer can carry it: what it cannot is listed in docs/formats.md. */
  losses?: (run: Run) => Run;
  /** How many values of the source the records are, where it is not one each. */
  values?: (records: readonly TraceRecord[]) => number;
  /** A source without end: line number to text. Formats without it cannot be followed. */
  endless?: (line: number) => string;
};

const CASES: Record<string, Case> = {
  telemetry: {
    endless: (line) =>
      `{"event":"span","ts":${1_700_000_000 + line / 1000},"run_id":"endless","span_id":"${line}","duration_ms":1,"attributes":{"text":"${'x'.repeat(300)}"}}\n`,
  },
  atif: { samples: { folder: 'atif', files: /^(?!agent-diagnostics\/2be).*trajectory[^/]*\.json$/ } },
  'chrome-trace': {
    samples: { folder: 'chrome_trace', files: /^(catapult|perfetto|speedscope).*\.json$/ },
    losses: withoutLongPayloads,
    endless: endlessTrace,
  },
  'instrumentation-calls': {
    endless: (line) =>
      `${JSON.stringify({
        schema_version: 'instrumentation_call_v1',
        run_id: 'endless',
        stage_id: 'clean',
        model: 'm',
        prompt_tokens: line,
        completion_tokens: 2,
        created_at: new Date(1_700_000_000_000 + line).toISOString(),
        text: 'x'.repeat(300),
      })}\n`,
  },
  'claude-code': {
    samples: { folder: 'claude_code_sessions', files: /\.jsonl$/ },
    onlyByName: {
      files: /\.meta\.json$/,
      reason: 'four short fields beside a transcript, in an object like any other',
    },
    endless: endlessTranscript,
  },
  'claude-output': {
    samples: { folder: 'claude_code_stream_json', files: /\.(stream\.jsonl|output\.json)$/ },
    endless: (line) => {
      const use = { type: 'tool_use', id: `t${line}`, name: 'Read', input: { file_path: '/a' } };
      const result = { type: 'tool_result', tool_use_id: `t${line - 1}`, content: 'x'.repeat(200) };
      const usage = { input_tokens: 9, output_tokens: 1 };
      const message =
        line % 2 === 0
          ? { id: `m${line}`, role: 'assistant', model: 'm', usage, content: [use] }
          : { role: 'user', content: [result] };
      const type = line % 2 === 0 ? 'assistant' : 'user';
      return `${JSON.stringify({ type, message, parent_tool_use_id: null, session_id: 'endless', uuid: `u${line}` })}\n`;
    },
  },
  codex: { samples: { folder: 'codex', files: /\.jsonl$/ }, endless: endlessRollout },
  'gemini-cli': {
    samples: { folder: 'gemini_cli', files: /(?<!metadata)\.jsonl?$/ },
    endless: (line) =>
      `${JSON.stringify({
        id: `m${line}`,
        timestamp: new Date(1_700_000_000_000 + line).toISOString(),
        type: line % 500 === 0 ? 'user' : 'gemini',
        content: 'x'.repeat(200),
        tokens: { input: line, output: 2, total: line + 2 },
        toolCalls: [{ id: `t${line}`, name: 'read_file', args: {}, status: 'success', result: [] }],
      })}\n`,
  },
  harbor: {
    samples: { folder: 'harbor', files: /(result|config)\.json$/ },
    onlyByName: {
      files: /^reward\.(txt|json)$/,
      reason: 'a number, or an object of numbers, and nothing else',
    },
  },
  'harness-trace': {
    losses: spansAsTree,
    endless: (line) =>
      `${line === 0 ? '{"trace_id":"endless","spans":[\n' : ''}${JSON.stringify({
        span_id: `s${line}`,
        name: 'step',
        start_time: new Date(1_700_000_000_000 + line).toISOString(),
        end_time: new Date(1_700_000_000_001 + line).toISOString(),
        inputs: { text: 'x'.repeat(250) },
        children: [{ span_id: `c${line}`, name: 'inner' }],
      })},\n`,
  },
  nemo: {
    samples: { folder: 'nemo', files: /(nat_.*|_atof)\.jsonl$/ },
    endless: (line) => {
      const start = line - (line % 2);
      const payload = {
        event_type: line % 2 === 0 ? 'TOOL_START' : 'TOOL_END',
        event_timestamp: 1_700_000_000 + line / 1000,
        name: 'look_up',
        data: { input: 'x'.repeat(200), output: null },
        UUID: `step-${start}`,
      };
      return `${JSON.stringify({ parent_id: 'root', function_ancestry: {}, payload })}\n`;
    },
  },
  otlp: {
    samples: { folder: 'otlp', files: /./ },
    fragile: {
      files: /\.(bin)?pb$/,
      reason: 'a wrong length in protobuf is that of everything in the message',
    },
    endless: endlessExport,
  },
  'run-manifest': {},
  'runs-jsonl': {
    losses: runLine,
    values: (records) => records.filter(({ event }) => event === 'run_start').length,
    endless: (line) =>
      `${JSON.stringify({
        run_id: `run-${line}`,
        timestamp: new Date(1_700_000_000_000 + line).toISOString(),
        task: 'x'.repeat(200),
        producer_model: 'm',
        run_duration_s: 3,
        wiggum_scores: [7, 8],
        final: 'PASS',
      })}\n`,
  },
};

/** Spans as they stand in a tree: parents first, siblings by their start. */
function spansAsTree(run: Run): Run {
  return { ...run, spans: [...treeOf(columnsOf(run)).order].map((no) => run.spans[no]!) };
}

/** One request, one resource, one scope, and spans without end on a single line. */
function endlessExport(line: number): string {
  const span = {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: (line + 1).toString(16).padStart(16, '0'),
    name: 'step',
    startTimeUnixNano: `${1_700_000_000_000 + line}000000`,
    endTimeUnixNano: `${1_700_000_000_001 + line}000000`,
    attributes: [{ key: 'text', value: { stringValue: 'x'.repeat(300) } }],
  };
  const before = line === 0 ? '{"resourceSpans":[{"resource":{},"scopeSpans":[{"scope":{},"spans":[' : ',';
  return `${before}${JSON.stringify(span)}`;
}

/** Viewers hold every argument in memory, so a trace shows the beginnings of long payloads and carries only short ones. */
function withoutLongPayloads(run: Run): Run {
  const fits = (payload: JsonValue | undefined): boolean =>
    payload === undefined || (typeof payload === 'string' ? payload : JSON.stringify(payload)).length <= 4096;
  const spans = run.spans.map(({ inputs, outputs, ...span }) => ({
    ...span,
    ...(inputs !== undefined && fits(inputs) && { inputs }),
    ...(outputs !== undefined && fits(outputs) && { outputs }),
  }));
  return { ...run, spans };
}

/**
 * A list that is never closed, of three threads: calls of two steps with an event, beginnings and ends, slices that are
 * written when they end. The texts are long because 32 bytes are kept of each slice, up to a million of them.
 */
function endlessTrace(line: number): string {
  if (line === 0) return '[\n';
  const ts = line * 10;
  const args = { line, text: 'x'.repeat(900) };
  const event = [
    { name: 'call', ph: 'X', tid: 1, ts, dur: 70, args },
    { name: 'step', ph: 'X', tid: 1, ts, dur: 15, args },
    { name: 'note', ph: 'i', s: 't', tid: 1, ts },
    { name: 'wait', ph: 'B', tid: 2, ts, args },
    { name: 'wait', ph: 'E', tid: 2, ts },
    { name: 'inner', ph: 'X', tid: 3, ts: ts - 50, dur: 10, args },
    { name: 'outer', ph: 'X', tid: 3, ts: ts - 70, dur: 60, args },
    { name: 'load', ph: 'C', ts, args: { value: line % 9 } },
  ][line % 8];
  return `${JSON.stringify({ pid: 1, ...event })},\n`;
}

/** What a line of runs.jsonl has room for: no spans, of rounds in the middle only their dimensions, few attributes. */
function runLine(run: Run): Run {
  const { runId, startUs, endUs, status, sessionId, task, taskType, output, labels, attributes } = run;
  const rounds = roundsOf(run.scores).map(({ round, value, dimensions }, at, all) => ({
    round,
    value: at === 0 || at === all.length - 1 ? value : null,
    dimensions: dimensions.map(({ name, value }) => [name, value]),
  }));
  const criteria = criteriaOf(run.scores).results;
  const tokens = run.spans.map(({ spanId, usage }) => [spanId, usage]);
  const { producer_model, evaluator_model } = labels;
  const { tac_hours, final, novelty_scores, active_skills } = attributes;
  return {
    ...emptyRun(runId),
    startUs,
    endUs,
    status,
    sessionId,
    task,
    taskType,
    output,
    labels: { producer_model, evaluator_model },
    attributes: { tac_hours, final, novelty_scores, active_skills, rounds, criteria, tokens },
  } as Run;
}

/** A prompt, and then an agent that calls a tool on every second line. */
function endlessTranscript(line: number): string {
  const called = line - (line % 2);
  const use = { type: 'tool_use', id: `t${called}`, name: 'Read', input: { file_path: '/a' } };
  const result = { type: 'tool_result', tool_use_id: `t${called}`, content: 'x'.repeat(200) };
  const assistant = {
    id: `m${line}`,
    role: 'assistant',
    model: 'm',
    usage: { input_tokens: 9, output_tokens: 99 },
  };
  const message =
    line === 1
      ? { role: 'user', content: 'Go on for ever.' }
      : line % 2 === 0
        ? { ...assistant, stop_reason: 'tool_use', content: [use] }
        : { role: 'user', content: [result] };
  return `${JSON.stringify({
    type: line % 2 === 0 ? 'assistant' : 'user',
    uuid: `u${line}`,
    parentUuid: `u${line - 1}`,
    sessionId: 'endless',
    isSidechain: false,
    timestamp: new Date(1_700_000_000_000 + line).toISOString(),
    message,
  })}\n`;
}

/** A prompt, and then for ever: a call of a tool, what it used, and its output. */
function endlessRollout(line: number): string {
  const called = line - (line % 3);
  const used = { input_tokens: called * 50, output_tokens: called };
  const [type, payload] =
    line === 0
      ? ['event_msg', { type: 'user_message', message: 'Go on for ever.' }]
      : [
          [
            'response_item',
            { type: 'function_call', name: 'shell', arguments: '{"command":"ls"}', call_id: `c${called}` },
          ],
          ['event_msg', { type: 'token_count', info: { total_token_usage: used } }],
          ['response_item', { type: 'function_call_output', call_id: `c${called}`, output: 'x'.repeat(300) }],
        ][line % 3]!;
  return `${JSON.stringify({ timestamp: new Date(1_700_000_000_000 + line).toISOString(), type, payload })}\n`;
}

type Named = Sample & { format: Format };

const fixtures: Named[] = FORMATS.flatMap((format) =>
  fixturesOf(format.name).map((sample) => ({ ...sample, format, path: `${format.name}/${sample.path}` })),
);
const samples: Named[] = FORMATS.flatMap((format) => {
  const place = CASES[format.name]?.samples;
  return place === undefined
    ? []
    : filesBelow(`${CORPUS}/${place.folder}`, place.files).map((sample) => ({ ...sample, format }));
});
if (samples.length === 0) console.info(`No real samples in ${CORPUS}: set TACHO_CORPUS to test with them.`);

const all = [...fixtures, ...samples];
const readable = fixtures.filter(({ format }) => format.read);
const readableSamples = samples.filter(({ format }) => format.read);

test('every format has fixtures and a unique name', () => {
  expect(new Set(FORMATS.map((format) => format.name)).size).toBe(FORMATS.length);
  for (const format of FORMATS.filter(({ read }) => read))
    expect([format.name, fixtures.some((fixture) => fixture.format === format)]).toEqual([format.name, true]);
});

describe('detection', () => {
  test.each(all.map((one) => [one.path, one] as const))(
    '%s: by content and by name alike, without a tie',
    (_, one) => {
      const byName = CASES[one.format.name]?.onlyByName?.files.test(one.name) === true;
      // Its own name, none, one that says nothing, and one that points elsewhere.
      const names = byName
        ? [one.name]
        : [one.name, undefined, 'download', 'telemetry.jsonl', 'trace.json', 'session.jsonl'];
      for (const name of names) {
        const [first, second] = detections(FORMATS, headOf(one.bytes, name));
        expect([name, first?.format.name]).toEqual([name, one.format.name]);
        expect(first!.likelihood).toBeGreaterThan(second?.likelihood ?? 0);
        expect(first!.likelihood).toBeLessThanOrEqual(1);
      }
    },
  );

  test('what is nobody’s is nobody’s', () => {
    for (const text of [
      '',
      ' \n',
      'hello',
      '{}',
      '[]',
      '{"a":1}\n{"b":2}\n',
      '\u0000\u0001\u0002',
      'a,b\n1,2\n',
    ])
      expect(detections(FORMATS, { text, complete: true })).toEqual([]);
  });
});

function comparableRuns({ records }: Reading): unknown[] {
  return [...runsOf(records).values()].map(comparable);
}

function sorted(refusals: readonly Refusal[]): Refusal[] {
  return [...refusals].sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0) || (a.reason < b.reason ? -1 : 1));
}

function expectReasons(refusals: readonly Refusal[]): void {
  for (const { reason, line, offset, text = '' } of refusals) {
    expect(reason).toMatch(/\S.{5}/);
    expect(line ?? offset).toBeGreaterThanOrEqual(0);
    expect(text.length).toBeLessThanOrEqual(65_536);
  }
}

describe('reading', () => {
  test.each([...readable, ...readableSamples].map((one) => [one.path, one] as const))(
    '%s: twice the same, whatever the chunks; spans start before they end; refusals have a place and a reason',
    async (_, { format, bytes, name }) => {
      const whole = await readBytes(format, bytes, { name });
      expect(await readBytes(format, bytes, { name })).toEqual(whole);
      // A reader may gather what belongs together in a batch: other chunks, other records, the same runs.
      const pieces = await readBytes(format, bytes, { name, chunk: bytes.length > 200_000 ? 4093 : 7 });
      expect(sorted(pieces.refusals)).toEqual(sorted(whole.refusals));
      expect(comparableRuns(pieces)).toEqual(comparableRuns(whole));
      expect(whole.records.length + whole.refusals.length).toBeGreaterThan(0);
      for (const record of whole.records) expect(record.run_id).toEqual(expect.any(String));
      for (const run of runsOf(whole.records).values())
        for (const span of run.spans) expect(span.endUs ?? span.startUs).toBeGreaterThanOrEqual(span.startUs);
      expectReasons(whole.refusals);
    },
  );

  test.each([...readable, ...readableSamples].map((one) => [one.path, one] as const))(
    '%s: written and read again, the same run',
    async (_, { format, bytes, name }) => {
      const writer = format.write ? format : formatNamed('telemetry')!;
      const carried = CASES[writer.name]?.losses ?? ((run: Run) => run);
      for (const run of runsOf((await readBytes(format, bytes, { name })).records).values()) {
        const again = await readBytes(writer, Buffer.from([...writer.write!(run)].join('')));
        expect(again.refusals).toEqual([]);
        expect(comparable(carried(runsOf(again.records).get(run.runId)!))).toEqual(comparable(carried(run)));
      }
    },
  );
});

/** Every offset of a small file; of a larger one as many as there is time for, and both sides of every line break. */
function cutsOf(bytes: Uint8Array): number[] {
  if (bytes.length <= 4096) return [...bytes.keys()];
  const random = randomNumbers(bytes.length);
  const cuts = Array.from({ length: 400 }, () => Math.floor(random() * bytes.length));
  for (let at = bytes.indexOf(10); at >= 0 && cuts.length < 1000; at = bytes.indexOf(10, at + 1))
    cuts.push(at, at + 1);
  return cuts;
}

function spanIds(records: Parameters<typeof runsOf>[0]): string[] {
  return [...runsOf(records).values()].flatMap((run) =>
    run.spans.map((span) => `${run.runId} ${span.spanId}`),
  );
}

describe('damage', () => {
  test.each(readable.map((one) => [one.path, one] as const))(
    '%s: cut off anywhere, everything before the torn line is read',
    async (_, { format, bytes, name }) => {
      let whole = { end: -1, ids: [] as string[] };
      for (const cut of cutsOf(bytes).sort((a, b) => a - b)) {
        const end = bytes.subarray(0, cut).lastIndexOf(10) + 1;
        if (end !== whole.end)
          whole = { end, ids: spanIds((await readBytes(format, bytes.subarray(0, end), { name })).records) };
        const torn = await readBytes(format, bytes.subarray(0, cut), { name });
        expectReasons(torn.refusals);
        const ids = new Set(spanIds(torn.records));
        expect(whole.ids.filter((id) => !ids.has(id))).toEqual([]);
      }
    },
  );

  test.each(readable.map((one) => [one.path, one] as const))(
    '%s: 1 000 random corruptions are survived, each refusal with its place and reason',
    async (_, { format, bytes, name }) => {
      const random = randomNumbers(1);
      for (let round = 0; round < 1000; round++) {
        let damaged = corrupt(bytes, random);
        if (round % 3 === 0) damaged = corrupt(damaged, random);
        const { records, refusals } = await readBytes(format, damaged, { name });
        expectReasons(refusals);
        runsOf(records);
      }
    },
  );

  test.each(
    readable
      .filter(({ format }) => format.follow === 'offset')
      .filter(({ format, name }) => !CASES[format.name]?.fragile?.files.test(name))
      .map((one) => [one.path, one] as const),
  )('%s: one wrong byte costs the values it touches, and no others', async (_, { format, bytes, name }) => {
    const random = randomNumbers(2);
    const { records } = await readBytes(format, bytes, { name });
    const count = CASES[format.name]?.values ?? ((found: readonly TraceRecord[]) => found.length);
    for (let round = 0; round < 1000; round++) {
      const damaged = Uint8Array.from(bytes);
      damaged[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      const reading = await readBytes(format, damaged, { name });
      // Two, where the line break between them was hit.
      expect(count(reading.records)).toBeGreaterThanOrEqual(count(records) - 2);
    }
  });
});

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

describe('memory', () => {
  const endless = FORMATS.filter((format) => format.read && CASES[format.name]?.endless);
  test.each(endless.map((format) => [format.name, format] as const))(
    '%s: stays flat over 100 MB',
    // What does not stay flat grows every time; what tests before it left in the heap is collected at some time of its own.
    { retry: 2, timeout: 60_000 },
    async (_, format) => {
      const line = CASES[format.name]!.endless!;
      let bytes = 0;
      let next = 10e6;
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (let number = 0; bytes < 100e6; ) {
          let text = '';
          while (text.length < 262_144) text += line(number++);
          bytes += text.length;
          yield new TextEncoder().encode(text);
        }
      }
      const usedMb = (): number => {
        collect();
        const { heapUsed, arrayBuffers } = process.memoryUsage();
        return (heapUsed + arrayBuffers) / 1e6;
      };
      let records = 0;
      // The highest of each half: a reader may forget in generations, but not collect.
      const peakMb = [0, 0];
      for await (const batch of format.read!({ chunks: chunks(), refuse: () => {} })) {
        records += batch.length;
        if (bytes < next) continue;
        next += 10e6;
        const half = bytes < 50e6 ? 0 : 1;
        peakMb[half] = Math.max(peakMb[half]!, usedMb());
      }
      expect(records).toBeGreaterThan(100_000);
      expect(peakMb[1]! - peakMb[0]!).toBeLessThan(5);
    },
  );
});

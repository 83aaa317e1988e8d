import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatNamed } from '@tacho/trace/formats/index';
import { foldRun } from '@tacho/trace/model/fold';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { Run } from '@tacho/trace/model/run';
import { describe, expect, test } from 'vitest';
import { comparable, readBytes } from './format-cases.ts';

/** What a format cannot carry: the word by which docs/formats.md names it, and the run without it. */
type Loss = { documented: RegExp; without: (run: Run) => Run };

/** Whoever reads it prices calls anew. */
const OWN_PRICE: Loss = {
  documented: /our own price\s+of a call/,
  without: (run) => ({
    ...run,
    spans: run.spans.map(({ costUsd: _, priceRow: __, ...span }) => span),
  }),
};

/** Texts longer than a viewer can use. */
const LONG_PAYLOADS: Loss = {
  documented: /inputs and outputs of more than 4096 characters/,
  without: (run) => ({
    ...run,
    spans: run.spans.map(({ inputs, ...span }) => ({
      ...span,
      ...(inputs !== undefined && JSON.stringify(inputs).length <= 4096 && { inputs }),
    })),
  }),
};

const LOSSES: Record<string, readonly Loss[]> = {
  telemetry: [OWN_PRICE],
  atif: [OWN_PRICE],
  'chrome-trace': [OWN_PRICE, LONG_PAYLOADS],
  'harness-trace': [OWN_PRICE],
  otlp: [OWN_PRICE],
};

const T = 1_775_000_000;

/** One run with everything in it that a record can say. */
const RECORDS: readonly TraceRecord[] = [
  {
    event: 'run_start',
    ts: T,
    run_id: 'rich',
    name: 'Map the "services"',
    task: 'Map every service,\nline by line \u{1f5fa}',
    task_type: 'research',
    session_id: 'experiment-7',
    project: 'shop',
    labels: { agent: 'cartographer', benchmark: 'maps', task_id: 'm-1', 'weird key.': 'ä "quoted"' },
    attributes: { plan: [{ stage: 'look', agents: 2 }], nested: { deep: [1, null, { a: true }] } },
    pid: 4711,
    host: 'workshop',
  },
  { event: 'span_start', ts: T, run_id: 'rich', span_id: 'look', name: 'look', kind: 'stage' },
  {
    event: 'span_start',
    ts: T + 0.5,
    run_id: 'rich',
    span_id: 'a',
    parent: 'look',
    name: 'reader A',
    kind: 'library-analysis',
    component: 'encoding',
    lane: 'worker 1',
    links: [{ type: 'spawned', span_id: 'b' }],
  },
  {
    event: 'span_start',
    ts: T + 0.75,
    run_id: 'rich',
    span_id: 'b',
    parent: 'look',
    name: 'reader B',
    kind: 'agent',
    links: [
      { type: 'waits_for', span_id: 'a' },
      { type: 'follows_from', span_id: 'x', run_id: 'another' },
    ],
  },
  {
    event: 'span',
    ts: T + 1,
    end_ts: T + 3.25,
    run_id: 'rich',
    span_id: 'call-1',
    parent: 'a',
    name: 'chat',
    kind: 'llm',
    model: 'claude-sonnet-4-6',
    provider: 'anthropic',
    usage: {
      input_tokens: 120,
      cache_read_tokens: 5000,
      cache_write_tokens: 300,
      cache_write_1h_tokens: 40,
      output_tokens: 70,
      reasoning_tokens: 11,
      requests: 2,
    },
    cost_usd: 0.0321,
    call_key: 'msg_1|req_1',
    first_token_ts: T + 1.5,
    inputs: [{ role: 'user', content: 'What is this?' }],
    outputs: { text: 'A service.' },
    attributes: { attempt: 2, temperature: 0.25 },
    events: [{ ts: T + 1.25, name: 'retry', level: 'warning', attributes: { after_ms: 250 } }],
    status: 'ok',
  },
  {
    event: 'span',
    ts: T + 3.5,
    end_ts: T + 4,
    run_id: 'rich',
    span_id: 'tool-1',
    parent: 'a',
    name: 'Bash: ls',
    kind: 'tool',
    tool: { name: 'Bash', call_id: 'toolu_1', category: 'shell' },
    inputs: { command: 'ls -l' },
    outputs: 'total 0',
    status: 'error',
    error: { type: 'ExitCode', message: 'exit code 2', stack: 'at ls' },
  },
  {
    event: 'span',
    ts: T + 1.5,
    end_ts: T + 5,
    run_id: 'rich',
    span_id: 'call-2',
    parent: 'b',
    name: 'chat',
    kind: 'llm',
    model: 'gpt-5',
    provider: 'openai',
    tokens: 42_100,
    placeholder_output: true,
    status: 'cancelled',
  },
  {
    event: 'span',
    ts: T + 5,
    end_ts: T + 5.125,
    run_id: 'rich',
    span_id: 'pick',
    parent: 'b',
    name: 'pick a service',
    kind: 'decision',
    inputs: { options: ['cart', 'mail'], notes: 'long '.repeat(1_000) },
    outputs: 'cart',
    attributes: { reasoning: 'it is larger' },
    status: 'ok',
  },
  {
    event: 'span',
    ts: T + 5.25,
    end_ts: T + 5.25,
    run_id: 'rich',
    span_id: 'find',
    parent: 'b',
    name: 'vector search',
    kind: 'retrieval',
    tool_uses: 3,
    status: 'ok',
  },
  { event: 'span_end', ts: T + 6, run_id: 'rich', span_id: 'a', status: 'ok' },
  { event: 'span_end', ts: T + 6.5, run_id: 'rich', span_id: 'b', status: 'error', error: 'gave up' },
  { event: 'span_end', ts: T + 6.5, run_id: 'rich', span_id: 'look', status: 'ok' },
  { event: 'span_start', ts: T + 6.75, run_id: 'rich', span_id: 'open', name: 'never ended', kind: 'tool' },
  {
    event: 'score',
    ts: T + 7,
    run_id: 'rich',
    name: 'review',
    value: 7.5,
    max: 10,
    round: 'r2',
    dimension: 'clarity',
    source: 'reviewer-1',
    comment: 'short, "good"',
  },
  { event: 'score', ts: T + 7, run_id: 'rich', name: 'passes', label: 'yes', span_id: 'call-1', value: 1 },
  {
    event: 'run_end',
    ts: T + 7.5,
    run_id: 'rich',
    status: 'error',
    error: { type: 'GaveUp', message: 'one reader gave up' },
    output: { path: 'out/map.md', bytes: 5120, lines: 150, patch_bytes: 12, files_changed: 1 },
  },
];

/** Formats that nest tell spans in the order of their tree: the order in which they became known is no fact of the run. */
function inOrder(run: Run): Run {
  return { ...run, spans: run.spans.toSorted((a, b) => (a.spanId < b.spanId ? -1 : 1)) };
}

/** As it stands in a store: what the price table says of a call is there as well. */
function pricedRun(): Run {
  const run = foldRun(RECORDS, 'rich');
  const spans = run.spans.map((span) =>
    span.spanId === 'call-1' ? { ...span, costUsd: 0.03, priceRow: 'anthropic/claude-sonnet-4-6' } : span,
  );
  return { ...run, spans };
}

const documentation = readFileSync(join(import.meta.dirname, '../docs/formats.md'), 'utf8');

/** The part of docs/formats.md about one format. */
function sectionOf(format: string): string {
  const [, rest = ''] = documentation.split(`\n## ${format}\n`, 2);
  return rest.split('\n## ')[0]!;
}

describe.each(Object.entries(LOSSES))('one run through %s and back', (name, losses) => {
  const run = pricedRun();

  test('is the same run, but for the losses that are listed', async () => {
    const format = formatNamed(name)!;
    const text = [...format.write!(run)].join('');
    const { records, refusals } = await readBytes(format, Buffer.from(text), { name: 'rich.json' });
    expect(refusals).toEqual([]);
    const known = losses.reduce((left, loss) => loss.without(left), run);
    expect(comparable(inOrder(foldRun(records, 'rich')))).toEqual(comparable(inOrder(known)));
  });

  test.each(losses.map((loss) => [String(loss.documented), loss] as const))(
    'the loss %s is in the documentation',
    (_, loss) => {
      expect(sectionOf(name)).toMatch(loss.documented);
    },
  );
});

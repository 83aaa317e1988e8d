import type { JsonValue } from '@tacho/trace/model/json';
import type { Run } from '@tacho/trace/model/run';
import { RUN_STATUSES } from '@tacho/trace/model/run';
import { SPAN_KINDS, SPAN_STATUSES, type Span } from '@tacho/trace/model/span';
import { emptyUsage } from '@tacho/trace/model/usage';
import fc from 'fast-check';

/** Gives a text for a place in a run; the same place twice gets the same text. */
export type Texts = (place: string) => string;

/** A run whose shape is settled and whose texts are not: the same run can be made with harmless texts and with hostile ones. */
export type RunShape = { spans: number; make: (texts: Texts) => Run };

const NOW_US = 1.7e15;

const spanShape = (count: number) =>
  fc.record({
    // Later ones, itself, circles, and some that are missing.
    parent: fc.integer({ min: -1, max: count }),
    kind: fc.constantFrom(...SPAN_KINDS),
    status: fc.constantFrom(...SPAN_STATUSES),
    startUs: fc.integer({ min: 0, max: 60e6 }),
    durationUs: fc.option(fc.integer({ min: 0, max: 30e6 }), { nil: undefined, freq: 6 }),
    name: fc.nat(5),
    model: fc.option(fc.nat(2), { nil: undefined }),
    tool: fc.option(fc.nat(2), { nil: undefined }),
    tokens: fc.option(fc.nat(5000), { nil: undefined }),
    costUsd: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
    payload: fc.boolean(),
  });

/** Runs as bad as they come: circles, orphans, open ends, failures, errors, scores and labels of all sorts. */
export const anyRunShape: fc.Arbitrary<RunShape> = fc
  .integer({ min: 0, max: 25 })
  .chain((count) =>
    fc.record({
      status: fc.constantFrom(...RUN_STATUSES),
      failed: fc.boolean(),
      judged: fc.boolean(),
      spans: fc.array(spanShape(count), { minLength: count, maxLength: count }),
    }),
  )
  .map(({ status, failed, judged, spans }) => ({
    spans: spans.length,
    make: (texts) => ({
      runId: texts('run id'),
      name: texts('run name'),
      task: texts('task'),
      taskType: texts('task type'),
      sessionId: texts('session'),
      project: texts('project'),
      labels: {
        [texts('label name')]: texts('label value'),
        agent: texts('agent'),
        source_repo: texts('repository'),
      },
      startUs: NOW_US,
      endUs: NOW_US + 100e6,
      lastUs: NOW_US + 100e6,
      status,
      scores: judged
        ? [
            { name: 'overall', round: texts('round'), value: 7, max: 10, label: texts('verdict') },
            { name: 'overall', round: texts('round'), dimension: texts('dimension'), value: 6 },
            { name: `criterion:${texts('criterion')}`, value: 1 },
            { name: texts('score name'), value: 2, comment: texts('comment') },
          ]
        : [],
      ...(failed && { error: { type: texts('error type'), message: texts('error message') } }),
      output: { path: texts('output path'), lines: 3 },
      source: { format: texts('format'), uri: texts('uri') },
      notes: [{ code: 'refused-line', count: 2, example: texts('example') }],
      attributes: { plan: [{ stage: texts('planned stage'), agents: 2 }] },
      spans: spans.map((shape, no): Span => {
        const payload: JsonValue = { [texts('key')]: [texts('input'), { text: texts('inner') }, null, 1] };
        return {
          spanId: `s${no}`,
          ...(shape.parent >= 0 && { parentId: `s${shape.parent}` }),
          name: texts(`name ${shape.name}`),
          kind: shape.kind,
          status: shape.status,
          startUs: NOW_US + shape.startUs,
          ...(shape.durationUs !== undefined && { endUs: NOW_US + shape.startUs + shape.durationUs }),
          ...(shape.status === 'error' && { error: { message: texts(`error ${shape.name}`) } }),
          ...(shape.model !== undefined && { model: texts(`model ${shape.model}`) }),
          ...(shape.tool !== undefined && { tool: { name: texts(`tool ${shape.tool}`) } }),
          ...(shape.tokens !== undefined && { usage: { ...emptyUsage(), inputTokens: shape.tokens } }),
          ...(shape.costUsd !== undefined && { costUsd: shape.costUsd / 100, priceRow: texts('price row') }),
          ...(shape.payload && { inputs: payload, outputs: texts('output') }),
        };
      }),
    }),
  }));

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '</style></title><svg onload=alert(1)>',
  '<!-- ',
  ']]>',
  '&lt;b&gt;',
  'javascript:alert(1)',
  '[click](javascript:alert(1))',
  '![x](https://evil.example/x.png)',
  'https://evil.example/?q=1',
  'www.evil.example',
  '@everyone',
  '#123 and GH-7',
  '| a | b |',
  '\\|',
  '\\\\|\\',
  '`',
  '``` `` `',
  '\n\n# heading\n\n- list\n',
  '\n| --- |\n',
  '\r\n```\r\n',
  '~~~',
  '    indented',
  '*bold* _it_ ~~no~~',
  '$x$',
  '\u001b[31mred\u001b[0m\u0007',
  '\u202egnp.exe\u2066\u2069',
  '\u0000\u0085\u2028\u2029',
  '\ud800',
  ':bug:',
];

const hostilePiece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...HOSTILE) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);

/** Texts that try to be anything but text. Each begins with words of its own, so that no two places have one text. */
export const hostileTexts: fc.Arbitrary<Texts> = fc
  .array(fc.array(hostilePiece, { minLength: 1, maxLength: 4 }), { minLength: 8, maxLength: 8 })
  .map((texts) => {
    const joined = texts.map((pieces) => pieces.join(' '));
    return (place) => `${place} ${joined[numberOf(place) % joined.length]!}`;
  });

/** Texts that mean nothing anywhere. */
export const harmlessTexts: Texts = (place) => `${place} plain`;

function numberOf(text: string): number {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + character.codePointAt(0)!) % 1_000_003;
  return sum;
}

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  attributeLists,
  countedTokens,
  logsRequest,
  otlpSpan,
  taken,
  tracesRequest,
} from '../../../../../tests/otlp/plain-request.ts';
import { foldRun } from '../../model/fold.ts';
import type { JsonValue } from '../../model/json.ts';
import { parseRecord } from '../../model/record.ts';
import { DIALECTS } from './dialects/list.ts';
import { ownAttributes } from './dialects/own.ts';
import type { OtlpRequest } from './request.ts';

const theirs = DIALECTS.filter((dialect) => dialect !== ownAttributes);
const KEYS = theirs.flatMap(({ rules, gatherings = [] }) => [
  ...rules.map(([key]) => key),
  ...gatherings.flatMap(({ keys = [] }) => [...keys]),
]);
const PREFIXES = theirs.flatMap(({ gatherings = [] }) => gatherings.flatMap(({ prefix }) => prefix ?? []));
const SCOPES = ['', ...theirs.flatMap(({ scopes = [] }) => [...scopes])];

/** Names that the readers of messages look at. */
const NAMES = [
  'role content contents parts type text id name arguments function tool_call tool_calls tool_call_id response result',
  'message message_content index finish_reason event.name input output value score label explanation reason source',
  'input_tokens usage_metadata generations body document embedding vector metadata gen_ai.event.content 0 1 __proto__',
]
  .join(' ')
  .split(' ');
const WORDS = [
  'text',
  'reasoning',
  'tool_call',
  'tool_call_response',
  'tool',
  'assistant',
  'gen_ai.choice',
  'gen_ai.user.message',
];

const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 5 }));
const steps = fc.array(name, { minLength: 1, maxLength: 5 }).map((path) => path.join('.'));
const key = fc.oneof(
  { arbitrary: fc.constantFrom(...KEYS), weight: 4 },
  {
    arbitrary: fc.tuple(fc.constantFrom(...PREFIXES), fc.nat(12), steps).map(([a, b, c]) => `${a}${b}.${c}`),
    weight: 2,
  },
  fc.tuple(fc.constantFrom(...PREFIXES), steps).map((parts) => parts.join('')),
  fc.constantFrom('__proto__', 'constructor', '', 'a.b'),
  fc.string(),
);
const scope = fc.constantFrom(...SCOPES);

/** A text that stands nowhere else: where it went can be seen. */
let made = 0;
const mark = (): string => `<mark ${made++}>`;

/** Values whose every text is a mark, or a word that says what something is. */
const { marked } = fc.letrec<{ marked: JsonValue }>((tie) => ({
  marked: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null).map(mark),
    fc.array(tie('marked'), { maxLength: 3 }),
    fc.dictionary(name, tie('marked'), { maxKeys: 4, noNullPrototype: true }),
    fc
      .tuple(
        fc.constantFrom(...WORDS),
        fc.dictionary(name, tie('marked'), { maxKeys: 4, noNullPrototype: true }),
      )
      .map(([type, more]): JsonValue => ({ ...more, type, role: type, 'event.name': type })),
  ),
}));
/** What messages look like, with parts that have more than they should. */
const PART_NAMES = 'text content id tool_use_id response result input arguments function name'.split(' ');
const part = fc
  .tuple(
    fc.constantFrom(...WORDS),
    fc.dictionary(fc.constantFrom(...PART_NAMES), marked, { maxKeys: 5, noNullPrototype: true }),
  )
  .map(([type, more]): JsonValue => ({ ...more, type }));
const message = fc
  .tuple(
    fc.constantFrom('parts', 'parts', 'content', 'contents', 'tool_calls', 'message'),
    fc.constantFrom(...WORDS),
    fc.array(part, { maxLength: 3 }),
    fc.dictionary(name, marked, { maxKeys: 3, noNullPrototype: true }),
  )
  .map(([inside, role, parts, more]): JsonValue => ({ 'event.name': role, ...more, role, [inside]: parts }));
const messages = fc.array(message, { minLength: 1, maxLength: 3 }) as fc.Arbitrary<JsonValue>;

const markedValue = fc
  .tuple(fc.oneof(marked, messages), fc.boolean())
  .map(([value, asText]): JsonValue => (asText && typeof value === 'object' ? JSON.stringify(value) : value));

const marksIn = (value: unknown): Set<string> => new Set(JSON.stringify(value).match(/<mark \d+>/g) ?? []);

test('no attribute is lost: a field says it, or it stays an attribute', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(key, markedValue), { selector: ([name]) => name, maxLength: 12 }),
      scope,
      (pairs, scope) => {
        const attributes = { keys: pairs.map(([name]) => name), values: pairs.map(([, value]) => value) };
        const kept = marksIn(taken(tracesRequest([otlpSpan({}, { attributes })], scope)).records);
        for (const lost of marksIn(attributes.values)) expect(kept).toContain(lost);
      },
    ),
    { numRuns: 300 },
  );
});

test('nothing of a message is lost', () => {
  const carrier = fc.constantFrom(
    'gen_ai.input.messages',
    'gen_ai.output.messages',
    'gen_ai.system_instructions',
    'events',
  );
  fc.assert(
    fc.property(carrier, messages, (key, list) => {
      const kept = marksIn(taken(tracesRequest([otlpSpan({ [key]: list })], 'pydantic-ai')).records);
      for (const lost of marksIn(list)) expect(kept).toContain(lost);
    }),
    { numRuns: 1000 },
  );
});

test('nothing of a flattened list is lost', () => {
  const step = fc.constantFrom(
    ...'message content contents role tool_calls tool_call function name arguments id type message_content'.split(
      ' ',
    ),
    ...'function_call_name function_call_arguments_json document embedding text vector completion prompt 0 1'.split(
      ' ',
    ),
  );
  const path = fc.array(step, { minLength: 1, maxLength: 5 }).map((steps) => steps.join('.'));
  fc.assert(
    fc.property(
      fc.constantFrom(...PREFIXES),
      fc.uniqueArray(path, { minLength: 1, maxLength: 6 }),
      (prefix, paths) => {
        const said = Object.fromEntries(paths.map((one) => [`${prefix}${one}`, mark()]));
        const kept = marksIn(taken(tracesRequest([otlpSpan(said)])).records);
        for (const lost of marksIn(said)) expect(kept).toContain(lost);
      },
    ),
    { numRuns: 1000 },
  );
});

test('no message of an event is lost', () => {
  const said = fc.tuple(
    fc.constantFrom(
      'gen_ai.choice',
      'gen_ai.user.message',
      'gen_ai.tool.message',
      'gen_ai.content.prompt',
      'x',
    ),
    fc.oneof(marked, message, messages),
  );
  fc.assert(
    fc.property(fc.array(said, { maxLength: 4 }), (events) => {
      const pairs = events.map(([name, body]) => ({
        name,
        content: { content: body, 'gen_ai.prompt': body, message: body },
      }));
      const inSpan = otlpSpan(
        {},
        {
          events: pairs.map(({ name, content }) => ({
            name,
            timeUs: 1,
            attributes: attributeLists(content),
            droppedAttributes: 0,
          })),
        },
      );
      const logs = pairs.map(({ name, content }) => ({
        eventName: name,
        body: content,
        attributes: attributeLists({ 'event.name': name }),
      }));
      for (const request of [tracesRequest([inSpan]), logsRequest(logs)]) {
        const kept = marksIn(taken(request).records);
        for (const lost of marksIn(events)) expect(kept).toContain(lost);
      }
    }),
  );
});

/** Whatever a wire can bring, and what only a program's own memory can. */
const anything: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.jsonValue() as fc.Arbitrary<JsonValue>,
  fc.json(),
  fc.constantFrom<JsonValue>(
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    1e300,
    -0.5,
    '',
    ' ',
    '-7',
    '1e999',
    'NaN',
    '{',
    '[]',
    '{}',
    'null',
  ),
  fc.constantFrom(
    '{"__proto__":{"polluted":1}}',
    `${'['.repeat(5000)}${']'.repeat(5000)}`,
    'x'.repeat(200_000),
    '{"a":'.repeat(3000),
  ),
  fc.double(),
);

function expectWhole(request: OtlpRequest): void {
  const { records } = taken(request);
  // The fold sees what a file or a connection brings: what JSON can say.
  const wired = JSON.parse(JSON.stringify(records)) as JsonValue[];
  for (const [at, record] of wired.entries()) {
    const { ts } = record as { ts?: number };
    expect(parseRecord(record)).toBeTypeOf('object');
    // What the ingest is given need not be put right.
    expect(ts).toBe(records[at]!.ts);
    expect(ts === undefined || (ts > 0 && ts < 1e11)).toBe(true);
  }
  const counted = countedTokens(foldRun(records));
  expect(counted).toBeGreaterThanOrEqual(0);
  expect(Number.isSafeInteger(counted)).toBe(true);
  expect({}).not.toHaveProperty('polluted');
}

test('hostile attributes make records all the same, and never throw', () => {
  const hostileKey = fc.oneof({ arbitrary: key, weight: 5 }, fc.constantFrom('tacho.span', 'tacho.run'));
  fc.assert(
    fc.property(fc.array(fc.tuple(hostileKey, anything), { maxLength: 12 }), scope, (pairs, scope) => {
      const attributes = { keys: pairs.map(([name]) => name), values: pairs.map(([, value]) => value) };
      const event = { name: 'gen_ai.choice', timeUs: 0, attributes, droppedAttributes: 1 };
      const request = tracesRequest([otlpSpan({}, { attributes, events: [event] })], scope);
      request.resourceSpans[0]!.resource.attributes = attributes;
      expectWhole(request);
      const own = JSON.stringify({
        ts: pairs[0]?.[1] ?? 0,
        end_ts: pairs[1]?.[1] ?? 1e300,
        last_ts: -1,
        status: 5,
      });
      expectWhole(tracesRequest([otlpSpan({ 'tacho.span': own })], scope, { 'tacho.run': own }));
      const logs = [
        'gen_ai.choice',
        'gen_ai.client.inference.operation.details',
        'gen_ai.evaluation.result',
        'x',
      ];
      expectWhole(
        logsRequest(
          logs.map((eventName) => ({ eventName, attributes, body: pairs[0]?.[1] ?? null })),
          scope,
        ),
      );
    }),
    { numRuns: 150 },
  );
});

test('tokens that cannot be are no tokens: they stay attributes', () => {
  for (const wrong of [-5, Number.NaN, 'many', true, [3], { a: 3 }, '1e999']) {
    const said = { 'gen_ai.operation.name': 'chat', 'gen_ai.usage.input_tokens': wrong };
    const [span] = foldRun(taken(tracesRequest([otlpSpan(said)])).records).spans;
    expect(span!.usage).toBeUndefined();
    expect(span!.attributes).toEqual({ 'gen_ai.usage.input_tokens': wrong });
  }
});

test('the buckets of any counts are not negative, and their sum is the total where that is the sum of two', () => {
  const count = fc.option(fc.nat(1e6), { nil: null });
  fc.assert(
    fc.property(count, count, count, count, count, scope, (input, output, read, written, thought, scope) => {
      const said = {
        'gen_ai.usage.input_tokens': input,
        'gen_ai.usage.output_tokens': output,
        'gen_ai.usage.cache_read.input_tokens': read,
        'gen_ai.usage.cache_write.input_tokens': written,
        'gen_ai.usage.reasoning.output_tokens': thought,
      };
      const run = foldRun(taken(tracesRequest([otlpSpan(said)], scope)).records);
      for (const bucket of Object.values(run.spans[0]!.usage ?? {})) expect(bucket).toBeGreaterThanOrEqual(0);
      const cached = (read ?? 0) + (written ?? 0);
      const beside = scope === '@traceloop/instrumentation-anthropic' && input !== null;
      const allInput = (input ?? 0) + (beside || cached > (input ?? 0) ? cached : 0);
      const allOutput = (output ?? 0) + ((thought ?? 0) > (output ?? 0) ? (thought ?? 0) : 0);
      expect(countedTokens(run)).toBe(allInput + allOutput);
    }),
  );
});

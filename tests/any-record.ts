import type { TraceRecord } from '@tacho/trace/model/record';
import fc from 'fast-check';

const word = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
  .filter((text) => text !== '__proto__');
const id = fc.constantFrom('a', 'b', 'c', 'é"\\', '1');
/** Times of a minute and a half, in epoch seconds. */
export const anyTs = fc
  .integer({ min: 1_700_000_000_000_000, max: 1_700_000_100_000_000 })
  .map((us) => us / 1e6);
const count = fc.nat(100_000);
const attributes = fc.dictionary(
  word,
  fc.jsonValue({ maxDepth: 2 }).filter((value) => !JSON.stringify(value).includes('__proto__')),
  {
    maxKeys: 3,
  },
) as fc.Arbitrary<Record<string, never>>;
const optional = { requiredKeys: ['event' as const, 'span_id' as const] };
const spanFields = {
  span_id: id,
  parent: id,
  name: word,
  kind: fc.constantFrom('agent', 'llm', 'tool', 'stage', 'library-analysis', 'chain'),
  component: word,
  lane: word,
  status: fc.constantFrom('ok', 'error', 'cancelled', 'unset', 'odd'),
  error: fc.oneof(word, fc.record({ type: word, message: word, stack: word })),
  model: word,
  provider: word,
  tokens: fc.oneof(count, fc.record({ input_tokens: count, output_tokens: count, cache_read_tokens: count })),
  placeholder_output: fc.boolean(),
  tool_uses: count,
  cost_usd: fc.double({ min: 0, max: 100, noNaN: true }),
  call_key: word,
  replay: fc.boolean(),
  first_token_ts: anyTs,
  tool: fc.oneof(word, fc.record({ name: word, call_id: word, category: word })),
  inputs: fc.jsonValue({ maxDepth: 2 }),
  outputs: fc.jsonValue({ maxDepth: 2 }),
  attributes,
  links: fc.array(fc.record({ type: word, span_id: id, run_id: word }), { maxLength: 2 }),
  ts: anyTs,
};
const event = <T extends string>(name: T) => ({ event: fc.constant(name) });
/** Any record of a stream about one run with five span ids, sensible or not. */
export const anyRecord = fc
  .oneof(
    fc.record(
      {
        ...event('run_start'),
        ts: anyTs,
        name: word,
        task: word,
        task_type: word,
        session_id: word,
        project: word,
        labels: fc.dictionary(word, word, { maxKeys: 2 }),
        attributes,
        pid: fc.integer({ min: 1, max: 99999 }),
        host: word,
        source: fc.record({ format: word, uri: word }),
        git_dirty: fc.boolean(),
      },
      { requiredKeys: ['event'] },
    ),
    fc.record({ ...event('span_start'), ...spanFields }, optional),
    fc.record({ ...event('span_update'), ...spanFields }, optional),
    fc.record(
      { ...event('span_end'), ...spanFields, duration_ms: fc.double({ min: -5, max: 60_000, noNaN: true }) },
      optional,
    ),
    fc.record(
      { ...event('span'), ...spanFields, duration_ms: fc.integer({ min: 0, max: 60_000 }) },
      optional,
    ),
    fc.record(
      { ...event('span_event'), span_id: id, name: word, level: word, attributes, ts: anyTs },
      { requiredKeys: ['event', 'span_id', 'name', 'ts'] },
    ),
    fc.record({ ...event('phase'), name: word, wall_ms: count, ts: anyTs }),
    fc.record({
      ...event('usage'),
      span_id: id,
      model: word,
      input_tokens: count,
      request_ms: count,
      ts: anyTs,
    }),
    fc.record({
      ...event('score'),
      name: word,
      value: fc.option(fc.integer()),
      round: word,
      comment: word,
      ts: anyTs,
    }),
    fc.record(
      {
        ...event('run_end'),
        ts: anyTs,
        status: fc.constantFrom('ok', 'error', 'interrupted'),
        error: word,
        output: fc.record({
          path: word,
          bytes: count,
          lines: count,
          patch_bytes: count,
          files_changed: count,
        }),
      },
      { requiredKeys: ['event'] },
    ),
  )
  .map((item): TraceRecord => JSON.parse(JSON.stringify(item)));

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ReceivingTacho, receivingTacho } from './receiving-tacho.ts';

let tacho: ReceivingTacho;
beforeAll(async () => {
  tacho = await receivingTacho();
});
afterAll(() => tacho.close());

type Sent = { [name: string]: unknown; spanId: string };

const traceId = (no: number): string => no.toString(16).padStart(32, 'a');
const spanId = (no: number): string => no.toString(16).padStart(16, 'b');
const nanoseconds = (second: number): string => `${1_700_000_000 + second}000000000`;
const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });

/** A tree of three levels; the root is number 0. */
function spansOf(trace: number): Sent[] {
  const span = (no: number, parent: number | undefined, name: string): Sent => ({
    traceId: traceId(trace),
    spanId: spanId(no),
    ...(parent !== undefined && { parentSpanId: spanId(parent) }),
    name,
    kind: 1,
    startTimeUnixNano: nanoseconds(no),
    endTimeUnixNano: nanoseconds(20 - no),
    attributes: [text('no', String(no))],
  });
  return [span(0, undefined, 'root'), span(1, 0, 'left'), span(2, 0, 'right'), span(3, 1, 'below left')];
}

async function send(...spans: object[]): Promise<void> {
  const answer = await fetch(`${tacho.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ scope: { name: 'test' }, spans }] }] }),
  });
  expect([answer.status, await answer.json()]).toEqual([200, {}]);
}

/** What of a run must not depend on how it came, its spans in one order. */
async function comparable(trace: number): Promise<unknown> {
  // Not the status: a trace is over after a while of silence, and the one that was sent first is so sooner.
  const { spans, lastUs, startUs } = await tacho.run(traceId(trace));
  const sorted = [...spans].sort((a, b) => a.spanId.localeCompare(b.spanId));
  return { spans: sorted, lastUs, startUs };
}

test('the order in which spans come, one by one or together, the root last, changes nothing', async () => {
  await send(...spansOf(1));
  const [root, left, right, below] = spansOf(2);
  for (const span of [below!, right!, left!, root!]) await send(span);
  expect(await comparable(2)).toEqual(await comparable(1));
  await Promise.all(spansOf(3).map((span) => send(span)));
  expect(await comparable(3)).toEqual(await comparable(1));
});

test('what a client sends again, in whole or in part, is there once', async () => {
  await send(...spansOf(4));
  const before = await comparable(4);
  await send(...spansOf(4));
  await send(...spansOf(4).slice(1, 3));
  expect(await comparable(4)).toEqual(before);
  expect((await tacho.run(traceId(4))).spans).toHaveLength(4);
});

test('a span whose parent never comes is kept with its parent, and the run is there', async () => {
  await send(...spansOf(5).slice(1));
  const run = await tacho.run(traceId(5));
  expect(run.spans).toHaveLength(3);
  expect(run.spans.find(({ name }) => name === 'left')?.parentId).toBe(spanId(0));
});

test('traces of several programs in one request are runs of their own', async () => {
  await send(...spansOf(6), ...spansOf(7), ...spansOf(8));
  for (const trace of [6, 7, 8]) expect((await tacho.run(traceId(trace))).spans).toHaveLength(4);
});

test('a pending span (Logfire) shows work that is under way, and the real one takes its place', async () => {
  const [root, left] = spansOf(9);
  const pending = {
    ...left!,
    spanId: spanId(77),
    parentSpanId: left!.spanId,
    name: 'left (pending)',
    endTimeUnixNano: left!.startTimeUnixNano,
    attributes: [
      text('logfire.span_type', 'pending_span'),
      text('logfire.pending_parent_id', spanId(0)),
      text('no', '1'),
    ],
  };
  await send(pending);
  const running = (await tacho.run(traceId(9))).spans;
  expect(running).toHaveLength(1);
  expect(running[0]).toMatchObject({ spanId: spanId(1), parentId: spanId(0) });
  expect(running[0]!.endUs).toBeUndefined();
  await send(left!, root!);
  const done = await tacho.run(traceId(9));
  expect(done.spans).toHaveLength(2);
  expect(done.spans.find(({ spanId: id }) => id === spanId(1))).toMatchObject({ name: 'left', status: 'ok' });
  expect(done.spans.every(({ endUs }) => endUs !== undefined)).toBe(true);
});

import type { SpanRow } from '@tacho/trace/model/columns';
import type { RunSummary } from '@tacho/trace/model/summary';
import { expect, test } from 'vitest';
import { LiveHub } from './live.ts';

const row = (no: number, name = 'span'): SpanRow => ({
  no,
  parent: -1,
  name,
  kind: 'task',
  status: 'ok',
  startUs: 1,
  tokens: 0,
  flags: 0,
});
const summary = (runId: string): RunSummary => ({ runId }) as RunSummary;
const change = (runId: string, rows: SpanRow[]) => ({
  runs: [summary(runId)],
  rows: [{ runId, rows }],
  gone: [],
});

type Message = { id?: string; event: string; data: { rows?: SpanRow[]; runs?: RunSummary[]; id?: string } };

/** Reads until `count` messages came. */
async function take(stream: ReadableStream<Uint8Array>, count: number): Promise<Message[]> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const messages: Message[] = [];
  let text = '';
  while (messages.length < count) {
    const { done, value } = await reader.read();
    if (done) break;
    text += decoder.decode(value, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop()!;
    for (const part of parts) {
      const fields = Object.fromEntries(
        part.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
      );
      if (fields.event === undefined) continue;
      messages.push({
        event: fields.event,
        data: JSON.parse(fields.data!),
        ...(fields.id && { id: fields.id }),
      });
    }
  }
  await reader.cancel();
  return messages;
}

test('changes that come close together are one message, the last state of each span', async () => {
  const hub = new LiveHub(() => 0);
  const stream = hub.stream({ runs: new Set(['a']) });
  hub.publish(change('a', [row(0, 'before'), row(1)]));
  hub.publish(change('a', [row(0, 'after')]));
  const [hello, spans, runs] = await take(stream, 3);
  expect(hello!.event).toBe('hello');
  expect(spans!.data.rows!.map(({ no, name }) => [no, name])).toEqual([
    [0, 'after'],
    [1, 'span'],
  ]);
  expect(runs!.data.runs!.map(({ runId }) => runId)).toEqual(['a']);
  hub.close();
});

test('a client that comes back gets what it missed, of its runs only, and nothing twice', async () => {
  const hub = new LiveHub(() => 0);
  hub.publish(change('a', [row(0)]));
  const seen = hub.id;
  hub.publish(change('a', [row(1)]));
  hub.publish(change('b', [row(7)]));
  const messages = await take(hub.stream({ runs: new Set(['a']), after: seen }), 3);
  expect(messages.map(({ event }) => event)).toEqual(['hello', 'spans', 'runs']);
  expect(messages[1]!.data.rows!.map(({ no }) => no)).toEqual([1]);
  const after = messages.at(-1)!.id!;
  hub.publish(change('a', [row(2)]));
  const rest = await take(hub.stream({ runs: new Set(['a']), after }), 2);
  expect(rest[1]!.data.rows!.map(({ no }) => no)).toEqual([2]);
  hub.close();
});

test('what another server process or a long time ago said cannot be continued: the client is told to fetch again', async () => {
  const hub = new LiveHub(() => 0);
  for (const after of ['elsewhere:3', 'nonsense', `${hub.id.split(':')[0]}:99`]) {
    const messages = await take(hub.stream({ runs: new Set(), after }), 2);
    expect(messages.map(({ event }) => event)).toEqual(['hello', 'reset']);
  }
  const early = hub.id;
  for (let i = 0; i < 60; i++) {
    hub.publish(
      change(
        'a',
        Array.from({ length: 1000 }, (_, no) => row(no)),
      ),
    );
    expect(hub.id).toBeDefined();
  }
  const [, reset] = await take(hub.stream({ runs: new Set(['a']), after: early }), 2);
  expect(reset!.event).toBe('reset');
  hub.close();
});

test('a client that does not read is dropped, and others are not held up', async () => {
  const hub = new LiveHub(() => 0);
  const slow = hub.stream({ runs: new Set(['a']) }).getReader();
  for (let i = 0; i < 80; i++) {
    hub.publish(
      change(
        'a',
        Array.from({ length: 1000 }, (_, no) => row(no, 'x'.repeat(50))),
      ),
    );
    expect(hub.id).toBeDefined();
  }
  expect(hub.clients).toBe(0);
  // Not an end, but an error: what waits for it is let go of at once.
  await expect(slow.read()).rejects.toMatch(/dropped/);
  hub.close();
});

test('a client that missed more than may wait for it fetches again, instead of being dropped for ever', async () => {
  const hub = new LiveHub(() => 0);
  const after = hub.id;
  for (let i = 0; i < 40; i++) {
    hub.publish(
      change(
        'a',
        Array.from({ length: 1000 }, (_, no) => row(no, 'x'.repeat(100))),
      ),
    );
    expect(hub.id).toBeDefined();
  }
  const messages = await take(hub.stream({ runs: new Set(['a']), after }), 2);
  expect(messages.map(({ event }) => event)).toEqual(['hello', 'reset']);
  // One that wants less of it is told.
  const others = await take(hub.stream({ runs: new Set(), after }), 3);
  expect(others.map(({ event }) => event)).toEqual(['hello', 'runs', 'runs']);
  hub.close();
});

test('rows that nobody wanted are left out, and whoever was here before fetches anew', async () => {
  const hub = new LiveHub(() => 0);
  expect(hub.watched).toBe(false);
  const before = hub.id;
  expect(hub.watched).toBe(true);
  hub.publish(change('a', [row(0)]));
  hub.publish({ runs: [summary('a')], gone: [] });
  const subscription = { runs: new Set(['a']) };
  const [, reset] = await take(hub.stream({ ...subscription, after: before }), 2);
  expect(reset!.event).toBe('reset');
  const stream = hub.stream({ ...subscription, after: hub.id });
  hub.publish(change('a', [row(1)]));
  const [, spans] = await take(stream, 2);
  expect(spans!.data.rows!.map(({ no }) => no)).toEqual([1]);
  hub.close();
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nestsDeeperThan } from '../model/json.ts';
import { redactorOf } from '../model/redact.ts';
import { plainValue } from './plain-value.ts';
import { Serialiser } from './serialiser.ts';

const plain = new Serialiser(undefined);
const careful = new Serialiser(redactorOf(true));
const parsed = (value: unknown): unknown => JSON.parse(plain.json(value)!);

describe('values that JSON does not carry', () => {
  test('a cycle, and the same object twice', () => {
    const node: Record<string, unknown> = { name: 'a' };
    node.self = node;
    node.list = [node];
    expect(parsed(node)).toEqual({ name: 'a', self: '[circular]', list: ['[circular]'] });
    const shared = { n: 1n };
    expect(parsed([shared, shared])).toEqual([{ n: '1' }, { n: '1' }]);
  });

  test('BigInt, functions, symbols, errors, maps, sets, bytes', () => {
    expect(parsed({ big: 12n, call: () => 1 })).toEqual({ big: '12' });
    expect(parsed({ map: new Map([['a', 1]]), set: new Set([1, 2]) })).toEqual({
      map: { a: 1 },
      set: [1, 2],
    });
    expect(parsed({ error: new TypeError('no') })).toMatchObject({
      error: { name: 'TypeError', message: 'no' },
    });
    expect(plainValue(new Uint8Array(3))).toBe('[3 bytes]');
    expect(plainValue(Symbol('s'))).toBe('Symbol(s)');
  });

  test('what throws when it is looked at', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const trap = {
      fine: 1,
      get bad(): never {
        throw new Error('not now');
      },
    };
    const broken = {
      toJSON(): never {
        throw new Error('no JSON');
      },
    };
    expect(parsed(trap)).toEqual({ fine: 1, bad: '[unreadable: not now]' });
    expect(parsed({ broken })).toEqual({ broken: '[unreadable: no JSON]' });
    expect(plain.json({ proxy })).toContain('unreadable');
    expect(plain.object(trap)).toBe('{"fine":1,"bad":"[unreadable: not now]"}');
  });

  test('depth beyond what readers take is cut', () => {
    let deep: unknown = 'bottom';
    for (let level = 0; level < 5000; level++) deep = level % 2 ? [deep] : { deep };
    expect(nestsDeeperThan(parsed(deep), 150)).toBe(false);
    expect(plain.json(deep)).toContain('[too deep]');
  });

  test('a text with many brackets is not deep', () => {
    const text = '[{'.repeat(1000);
    expect(parsed({ text })).toEqual({ text });
  });

  test('huge texts and huge graphs are cut', () => {
    expect(plain.json({ text: 'x'.repeat(6_000_000) })!.length).toBeLessThan(200_000);
    let graph: unknown = { leaf: 1 };
    for (let level = 0; level < 60; level++) graph = { a: graph, b: graph, n: 1n };
    expect(plain.json(graph)!.length).toBeLessThan(5_000_000);
  });
});

describe('flat objects take the short way', () => {
  test('and come out as JSON.stringify would write them', () => {
    const flat = fc.dictionary(
      fc.string(),
      fc.oneof(fc.string(), fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined)),
    );
    fc.assert(
      fc.property(flat, (value) => {
        const json = plain.object(value);
        const expected = JSON.stringify({ ...value });
        expect(json).toEqual(expected === '{}' ? undefined : json);
        if (json !== undefined) expect(JSON.parse(json)).toEqual(JSON.parse(expected));
      }),
    );
  });

  test('without secrets, by name and by shape, the second time too', () => {
    const key = `sk-${'a1B2'.repeat(8)}`;
    for (let time = 0; time < 2; time++) {
      expect(careful.object({ api_key: 'hunter2', max_tokens: 5 })).toBe(
        '{"api_key":"[redacted]","max_tokens":5}',
      );
      expect(careful.object({ note: key })).toBe('{"note":"[redacted]"}');
      expect(careful.quote(`call ${key}`)).toBe('"call [redacted]"');
    }
  });
});

test('any value becomes JSON', () => {
  const anything = fc.anything({
    withBigInt: true,
    withMap: true,
    withSet: true,
    withDate: true,
    withNullPrototype: true,
  });
  fc.assert(
    fc.property(anything, (value) => {
      const json = careful.json(value);
      if (json !== undefined) JSON.parse(json);
      JSON.parse(careful.object({ value }) ?? '{}');
    }),
  );
});

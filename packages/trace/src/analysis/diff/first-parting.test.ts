import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../model/json.ts';
import { firstParting } from './first-parting.ts';

describe('where two values differ first', () => {
  it.each<[JsonValue | undefined, JsonValue | undefined, ReturnType<typeof firstParting>]>([
    [
      { a: 1, command: 'npm test' },
      { command: 'npm run test', a: 1 },
      { path: 'command', left: '“npm test”', right: '“npm run test”' },
    ],
    [{ list: [1, { b: 2 }] }, { list: [1, { b: 3 }] }, { path: 'list[1].b', left: '2', right: '3' }],
    [{ list: [1] }, { list: [1, [2]] }, { path: 'list[1]', right: '[1]' }],
    [{ a: null }, {}, { path: 'a', left: 'null' }],
    [undefined, { a: 1 }, { path: '', right: '{…}' }],
    ['yes', true, { path: '', left: '“yes”', right: 'true' }],
    // An own field of that name, and not what every object has.
    [JSON.parse('{"constructor": 1}'), {}, { path: 'constructor', left: '1' }],
  ])('%j and %j', (left, right, parting) => {
    expect(firstParting(left, right)).toEqual(parting);
  });

  it('shows of long texts and paths what matters', () => {
    const before = 'the same '.repeat(5_000);
    const { left, right } = firstParting(`${before}one ${'x'.repeat(200)}`, `${before}other`)!;
    expect(left).toMatch(/^“… same the same one x+…”$/);
    expect(right).toBe('“… same the same other”');
    const deep = (value: number): JsonValue => {
      let made: JsonValue = value;
      for (let level = 0; level < 10_000; level++) made = { [`level-${level}`]: made };
      return made;
    };
    expect(firstParting(deep(1), deep(2))).toMatchObject({ left: '1', right: '2' });
    expect(firstParting(deep(1), deep(2))!.path).toMatch(/^….{60}$/);
  });

  it('is none exactly where they are equal, and swapped with the sides', () => {
    const values = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
    fc.assert(
      fc.property(values, values, (left, right) => {
        const plain = (value: JsonValue): JsonValue => JSON.parse(JSON.stringify(value)) as JsonValue;
        expect(firstParting(plain(left), plain(left))).toBeUndefined();
        const [one, other] = [firstParting(left, right), firstParting(right, left)];
        expect(other && { ...other, left: other.right, right: other.left }).toEqual(
          one && { ...one, left: one.left, right: one.right },
        );
      }),
    );
  });
});

import { expect, test } from 'vitest';
import type { JsonValue } from '../../model/json.ts';
import type { Span } from '../../model/span.ts';
import { shortArguments } from './step-arguments.ts';

const call = (inputs: JsonValue | undefined, name = 'Bash', kind: Span['kind'] = 'tool'): Span => ({
  spanId: 's',
  name,
  kind,
  tool: { name: 'Bash' },
  startUs: 0,
  status: 'ok',
  ...(inputs !== undefined && { inputs }),
});

test.each<[JsonValue | undefined, string | undefined]>([
  [{ command: 'make all' }, 'make all'],
  [{ command: 'make', timeout: 5 }, '{"command":"make","timeout":5}'],
  ['make', 'make'],
  [{ paths: ['a', 'b'] }, '["a","b"]'],
  [{ command: `${'x'.repeat(98)}\u{1f600}yz` }, `${'x'.repeat(98)}…`],
  [{}, undefined],
  [null, undefined],
  [undefined, undefined],
])('%j', (inputs, shown) => {
  expect(shortArguments(call(inputs))).toBe(shown);
});

test('only of tools, and not where the name has them already', () => {
  expect(shortArguments(call({ command: 'make' }, 'Bash make'))).toBeUndefined();
  expect(shortArguments(call({ command: 'make' }, 'build'))).toBe('make');
  expect(shortArguments(call({ command: 'make' }, 'Bash', 'llm'))).toBeUndefined();
});

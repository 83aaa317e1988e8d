import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { MemorySink, RunTrace } from './browser.ts';

test('nothing of Node is behind the browser’s entry', () => {
  const waiting = [resolve(import.meta.dirname, 'browser.ts')];
  const seen = new Set(waiting);
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const source = readFileSync(path, 'utf8');
    for (const [, from] of source.matchAll(/(?:import|export)\s(?!type)[^;]*?from '([^']+)'/g)) {
      expect(from, `in ${path}`).toMatch(/^\.\.?\//);
      const next = resolve(dirname(path), from!);
      if (!seen.has(next)) waiting.push(next);
      seen.add(next);
    }
  }
  expect(seen.size).toBeGreaterThan(15);
});

test('it records: nesting of synchronous code, explicit handles for the rest', async () => {
  const memory = new MemorySink();
  const trace = new RunTrace({ task: 'page', sinks: [memory] });
  trace.span('outer', () => trace.span('inner', () => {}));
  const open = trace.start('open');
  await Promise.resolve();
  open.span('child', () => {});
  open.end();
  await trace.end();
  const { spans, process } = memory.run();
  expect(spans.map(({ name }) => name)).toEqual(['outer', 'inner', 'open', 'child']);
  expect(spans[1]!.parentId).toBe(spans[0]!.spanId);
  expect(spans[3]!.parentId).toBe(spans[2]!.spanId);
  expect(process).toBeUndefined();
});

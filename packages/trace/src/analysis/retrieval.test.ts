import { expect, test } from 'vitest';
import { foldRun } from '../model/fold.ts';
import type { SpanRecord } from '../model/record.ts';
import { retrievalOf } from './retrieval.ts';

let number = 0;
function call(name: string, fields: Partial<SpanRecord>): SpanRecord {
  return {
    event: 'span',
    run_id: 'r',
    span_id: `${number++}`,
    ts: 1_700_000_000,
    kind: 'tool',
    tool: { name },
    duration_ms: 1,
    ...fields,
  };
}

test('searches by what came of them, and files by what was read', () => {
  const retrieval = retrievalOf(
    foldRun([
      call('Grep', {
        inputs: { pattern: 'parse' },
        attributes: { numFiles: 3, numLines: 7 },
        outputs: 'a:1',
      }),
      call('Grep', { inputs: { pattern: 'none' }, attributes: { numFiles: 0 }, outputs: 'No matches found' }),
      call('Glob', { inputs: { pattern: '*.zz' }, outputs: 'No files found' }),
      call('mcp__sourcegraph__keyword_search', { inputs: { query: 'fold' }, status: 'error' }),
      call('mcp__sourcegraph__keyword_search', { inputs: { query: 'fold' } }),
      call('Bash', { inputs: { command: 'rg fold src' }, outputs: 'src/fold.ts' }),
      call('Bash', { inputs: { command: 'npm test' } }),
      call('Read', { inputs: { file_path: '/a' } }),
      call('Read', { inputs: { file_path: '/a' } }),
      call('Read', { inputs: { file_path: '/b' } }),
      call('Read', { inputs: { file_path: '/refused' }, status: 'cancelled' }),
    ]),
  );
  expect(retrieval).toEqual({
    searches: 6,
    // A search whose answer was not kept is taken to have found something: it did not fail.
    found: 3,
    empty: 2,
    failed: 1,
    results: 7,
    queries: ['parse', 'none', '*.zz', 'fold', 'fold', 'rg fold src'],
    tools: new Map([
      ['Grep', 2],
      ['Glob', 1],
      ['mcp__sourcegraph__keyword_search', 2],
      ['Bash', 1],
    ]),
    fileReads: 3,
    files: ['/a', '/b'],
  });
});

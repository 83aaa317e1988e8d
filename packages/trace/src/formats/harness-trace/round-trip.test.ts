import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyRecord, anyTs } from '../../../../../tests/any-record.ts';
import { comparable, readBytes } from '../../../../../tests/format-cases.ts';
import { treeOf } from '../../analysis/tree.ts';
import { columnsOf } from '../../model/columns.ts';
import { foldRun } from '../../model/fold.ts';
import { harnessTrace } from './format.ts';

test('any run, written as nested spans, reads and folds back to the same run', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyRecord, { minLength: 1, maxLength: 25 }),
      anyTs,
      fc.integer({ min: 1, max: 300 }),
      async (records, first, chunk) => {
        const run = foldRun([{ event: 'run_start', ts: first, run_id: 'r' }, ...records]);
        const text = [...harnessTrace.write!(run)].join('');
        JSON.parse(text);
        const { records: again, refusals } = await readBytes(harnessTrace, Buffer.from(text), { chunk });
        expect(refusals).toEqual([]);
        // Spans stand in their tree: parents first, siblings by their start.
        const spans = [...treeOf(columnsOf(run)).order].map((no) => run.spans[no]!);
        expect(comparable(foldRun(again))).toEqual(comparable({ ...run, spans }));
      },
    ),
    { numRuns: 300 },
  );
});

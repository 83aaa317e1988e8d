import { describe, expect, it } from 'vitest';
import { diffOf, type MarkedRuns, marksAfter } from './marked-runs.ts';

const run = (runId: string, startUs: number) => ({ runId, name: runId, startUs });
const marking = (...runs: ReturnType<typeof run>[]): MarkedRuns =>
  runs.reduce(marksAfter, { runs: [], refused: false });

describe('marked runs', () => {
  it('are marked and unmarked, two at most; a third is refused and changes nothing', () => {
    const two = marking(run('new', 2), run('old', 1));
    expect(two.runs.map(({ runId }) => runId)).toEqual(['new', 'old']);
    const three = marksAfter(two, run('more', 3));
    expect(three).toEqual({ runs: two.runs, refused: true });
    expect(marksAfter(three, run('new', 2))).toEqual({ runs: [run('old', 1)], refused: false });
  });

  it('lead to a diff of the older run with the newer one', () => {
    expect(diffOf(marking(run('new', 2), run('old', 1)))).toEqual({
      page: 'diff',
      left: 'old',
      right: 'new',
      changes: true,
    });
    expect(diffOf(marking(run('one', 2)))).toEqual({ page: 'diff', left: 'one' });
    expect(diffOf(marking())).toEqual({ page: 'diff' });
  });
});

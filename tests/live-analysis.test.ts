import { agentsOf } from '@tacho/trace/analysis/agents';
import { tokenBurn } from '@tacho/trace/analysis/burn';
import { busyTime, parallelismOf } from '@tacho/trace/analysis/concurrency';
import { judge } from '@tacho/trace/analysis/ledger';
import { criticalPathOf, slackOf } from '@tacho/trace/analysis/path/critical-path';
import { dependenciesOf } from '@tacho/trace/analysis/path/dependencies';
import { pathReportOf } from '@tacho/trace/analysis/path/path-report';
import { problemsOf } from '@tacho/trace/analysis/problems';
import { reportOf } from '@tacho/trace/analysis/report';
import { selfTimes } from '@tacho/trace/analysis/self-time';
import { stageTableOf } from '@tacho/trace/analysis/stage-table';
import { stagesOf } from '@tacho/trace/analysis/stages';
import { silencesOf } from '@tacho/trace/analysis/stalls';
import { treeOf } from '@tacho/trace/analysis/tree';
import { ColumnBuilder, columnsOf, rowOf, type SpanColumns } from '@tacho/trace/model/columns';
import { emptyRun, foldRun, RunFold } from '@tacho/trace/model/fold';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { Run } from '@tacho/trace/model/run';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyRecord } from './any-record.ts';
import { anyColumns } from './random-columns.ts';

/** Everything the page works out of columns. */
function analysed(run: Run, columns: SpanColumns): unknown {
  const tree = treeOf(columns);
  const nowUs = run.lastUs;
  const judgement = judge(columns, tree);
  const dependencies = dependenciesOf(columns, tree, nowUs);
  const stages = stagesOf(run, columns, tree, nowUs, judgement);
  return {
    agents: agentsOf(columns, tree, nowUs, { runStatus: run.status, judgement }),
    stages,
    stageTable: stageTableOf(columns, tree, judgement, stages, run.status !== 'running'),
    problems: problemsOf(columns, tree, nowUs, run.status, judgement),
    silences: silencesOf(columns, tree, nowUs),
    burn: tokenBurn(columns, tree, { nowUs, fromUs: run.startUs, points: 20, judgement }),
    parallelism: parallelismOf(columns, tree, nowUs),
    path: criticalPathOf(dependencies).segments,
    slack: slackOf(dependencies),
    tokens: judgement.tokens.slice(0, columns.count),
  };
}

test('a run that was followed record by record comes to the same as the run that is read at its end', () => {
  fc.assert(
    fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 25 }), (list) => {
      const records = list as TraceRecord[];
      const fold = new RunFold(emptyRun('r'));
      const rows = new ColumnBuilder();
      for (const record of records) {
        fold.apply(record);
        for (const no of fold.takeChanged())
          rows.set(rowOf(fold.run.spans[no]!, no, (spanId) => fold.exactNumberOf(spanId)));
        // Whatever has come so far can be looked at.
        analysed(fold.run, { ...rows.columns });
      }
      const run = foldRun(records, 'r');
      expect(analysed(fold.run, { ...rows.columns })).toEqual(analysed(run, columnsOf(run)));
      expect(reportOf(fold.run, fold.run.lastUs)).toEqual(reportOf(run, run.lastUs));
      expect(pathReportOf(fold.run, fold.run.lastUs)).toEqual(pathReportOf(run, run.lastUs));
    }),
    { numRuns: 200 },
  );
});

test('self times of a run in which nothing overlaps add up to the time in which anything ran', () => {
  fc.assert(
    fc.property(anyColumns, fc.nat(120), (columns, nowUs) => {
      const tree = treeOf(columns);
      const sum = selfTimes(columns, tree, nowUs).reduce((total, self) => total + self, 0);
      const busy = busyTime(columns, nowUs);
      // Work side by side counts for each; nothing that ran is left out.
      expect(sum).toBeGreaterThanOrEqual(busy);
      if (parallelismOf(columns, tree, nowUs) === 1) expect(sum).toBe(busy);
    }),
  );
});

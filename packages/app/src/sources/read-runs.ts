import { emptyRun, RunFold } from '@tacho/trace/model/fold';
import type { Run } from '@tacho/trace/model/run';
import { settledStatus } from '@tacho/trace/model/settle';
import { type ImportOptions, type ImportResult, importPaths } from './import.ts';
import type { Accepted, RecordBatch, RecordSink } from './record-sink.ts';

/** Runs that were read from files and are in no store, in the order in which they came up. */
export type ReadRuns = { runs: Run[]; result: ImportResult };

/**
 * Reads files and folders as an import does, into memory: recognised by content, what belongs to one run joined. Runs
 * without an end are over: nobody follows these files. All of it is held in memory. Throws ImportPathError for a path
 * that cannot be opened.
 */
export async function readRuns(
  paths: readonly string[],
  options: Omit<ImportOptions, 'sink' | 'positions'> = {},
): Promise<ReadRuns> {
  const sink = new RunFolds();
  const result = await importPaths(paths, { ...options, sink });
  const runs = sink.runs();
  claimCalls(runs);
  return { runs, result };
}

class RunFolds implements RecordSink {
  readonly #folds = new Map<string, RunFold>();

  async accept({ records, runId: named, source }: RecordBatch): Promise<Accepted> {
    const runs = new Set<string>();
    for (const record of records) {
      const runId = record.run_id ?? named;
      if (runId === undefined) continue;
      runs.add(runId);
      this.#foldOf(runId, source).apply(record);
    }
    return { accepted: records.length, duplicates: 0, runs: [...runs] };
  }

  runs(): Run[] {
    return [...this.#folds.values()].map(({ run }) => {
      const status = settledStatus(run, {
        nowUs: run.lastUs,
        processAlive: undefined,
        quietUs: 0,
        abandonedUs: 0,
        streamEnded: true,
      });
      if (status !== undefined)
        Object.assign(run, { status, endUs: Math.max(run.lastUs, run.startUs), settled: true });
      return run;
    });
  }

  #foldOf(runId: string, source: RecordBatch['source']): RunFold {
    const known = this.#folds.get(runId);
    if (known !== undefined) return known;
    const fold = new RunFold(emptyRun(runId));
    fold.run.source = source;
    this.#folds.set(runId, fold);
    return fold;
  }
}

/** A call that several runs bring (forks, resumed sessions) counts in the first; a copy of it in none but the last resort. */
function claimCalls(runs: readonly Run[]): void {
  const owners = new Map<string, string>();
  for (const replays of [false, true])
    for (const { runId, spans } of runs)
      for (const span of spans) {
        const { callKey, usage, replay } = span;
        if (callKey === undefined || usage === undefined || (replay === true) !== replays) continue;
        const owner = owners.get(callKey);
        if (owner === undefined) owners.set(callKey, runId);
        else if (owner !== runId) span.duplicateOfRun = owner;
      }
}

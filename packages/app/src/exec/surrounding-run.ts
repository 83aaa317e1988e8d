import { dirname, join, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where programs of a run append their model calls: a line each. */
export const SINK_FILE = 'instrumentation_calls.jsonl';

/** The run around this process, as the environment names it. */
export type SurroundingRun = {
  readonly runId: string;
  /** Where its stream lies. */
  readonly folder: string;
  /** The span that this process is part of. */
  readonly parent?: string;
  /** The run is not Tacho's: another driver reads the sink, and knows stages only by its own names. */
  readonly foreign: boolean;
};

/**
 * `TACHO_RUN_ID` and `TACHO_RUN_DIR` name a run that Tacho records; `RUN_ID` and `INSTRUMENT_SINK`, both, one of any other
 * driver. What is recorded of that lies in a folder of its own beside the sink: beside a stream of Tacho's, the driver's own
 * report would count as made from it. `RUN_ID` alone is a name that many things have.
 */
export function surroundingRun(env: Environment): SurroundingRun | undefined {
  const own = { runId: env.TACHO_RUN_ID, folder: env.TACHO_RUN_DIR };
  if (own.runId && own.folder)
    return {
      runId: own.runId,
      folder: resolve(own.folder),
      ...(env.TACHO_SPAN_ID && { parent: env.TACHO_SPAN_ID }),
      foreign: false,
    };
  if (!env.RUN_ID || !env.INSTRUMENT_SINK) return undefined;
  return {
    runId: env.RUN_ID,
    folder: join(dirname(resolve(env.INSTRUMENT_SINK)), 'tacho'),
    ...(env.INSTRUMENT_STAGE && { parent: env.INSTRUMENT_STAGE }),
    foreign: true,
  };
}

export type StagePlace = {
  readonly runId: string;
  readonly folder: string;
  readonly spanId: string;
  /** Default: the folder's own. */
  readonly sink?: string | undefined;
};

/**
 * The variables by which programs in any language find the run and the sink. Calls name the stage by its span's id: so they
 * are its own, also where two stages have one name.
 */
export function stageEnvironment({ runId, folder, spanId, sink }: StagePlace): Record<string, string> {
  return {
    TACHO_RUN_ID: runId,
    TACHO_RUN_DIR: folder,
    TACHO_SPAN_ID: spanId,
    RUN_ID: runId,
    INSTRUMENT_ENABLED: '1',
    INSTRUMENT_SINK: sink ?? join(folder, SINK_FILE),
    INSTRUMENT_STAGE: spanId,
  };
}

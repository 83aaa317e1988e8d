import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ByteTail, textOfTail } from '../exec/byte-tail.ts';
import { OutputLines } from './output-lines.ts';
import type { Recipe, Stage } from './recipe.ts';
import type { RecordedPipeline } from './recorded-pipeline.ts';
import { runStages, type StageOutcome } from './run-stages.ts';
import { type Choice, type ChosenStage, spared } from './stage-choice.ts';
import { type StageEnding, startStage } from './stage-process.ts';

/** Enough for what a program says when it fails, and little in a record. */
const TAIL_BYTES = 8 * 1024;

export type PipelineOptions = {
  recipe: Recipe;
  stages: readonly ChosenStage[];
  choice: Choice;
  /** Play the stages instead of running them. */
  mock: boolean;
  /** Absent: the pipeline only runs. */
  recorded: RecordedPipeline | undefined;
  env: Readonly<Record<string, string | undefined>>;
  /** Where the stages run, and where their artifacts are looked for. */
  cwd: string;
  /** Ends what runs. */
  signal: AbortSignal;
  /** Ends it at once. */
  insisted: AbortSignal;
  /** What the stages print. Resolves when more can be taken. */
  out(bytes: Uint8Array): Promise<unknown>;
  err(bytes: Uint8Array): Promise<unknown>;
  tell: PipelineNews;
};

/** What happens, as it happens, for a person. */
export type PipelineNews = {
  started(stage: Stage): void;
  retried(stage: Stage, attempt: number, message: string): void;
  ended(stage: Stage, ending: StageEnding): void;
  skipped(stage: Stage, reason: string): void;
  /** A stage succeeded, and what it was to make is not there. */
  missing(stage: Stage, artifact: string): void;
};

/** Runs the stages of a recipe that were chosen, records them where a recording is given, and gives what became of each. */
export async function runPipeline(options: PipelineOptions): Promise<ReadonlyMap<string, StageOutcome>> {
  const { stages, choice, cwd, recorded, tell, signal } = options;
  const told: Promise<void>[] = [];
  const outcomes = await runStages(stages, {
    signal,
    spared: (stage) => spared(stage, choice, (artifact) => existsSync(resolve(cwd, artifact))),
    run: (stage) => (options.mock ? play(stage, options) : run(stage, options)),
    skipped(stage, reason) {
      tell.skipped(stage, reason);
      if (recorded) told.push(recorded.skipped(stage, reason));
    },
  });
  await Promise.all(told);
  await recorded?.end(signal.aborted);
  return outcomes;
}

async function run(stage: Stage, options: PipelineOptions): Promise<'done' | 'failed'> {
  const { recorded, recipe, tell, cwd } = options;
  const tail = new ByteTail(TAIL_BYTES);
  const prefix = stage.parallel ? `${stage.id} | ` : '';
  const lines = { out: new OutputLines(prefix, options.out), err: new OutputLines(prefix, options.err) };
  let bytes = 0;
  tell.started(stage);
  let used: (() => ReturnType<ReturnType<typeof startStage>['used']>) | undefined;
  // The start is on disk before the stage can do anything.
  await recorded?.started(stage, () => used?.() ?? NOTHING_YET);
  const running = startStage(stage, {
    // biome-ignore format: what is most particular stands last
    env: { ...options.env, ...recipe.env, ...stage.env, ...recorded?.environmentOf(stage) },
    cwd,
    signal: options.signal,
    insisted: options.insisted,
    onOutput(chunk, to) {
      bytes += chunk.length;
      tail.add(chunk);
      return lines[to].add(chunk);
    },
    onRetry(attempt, message) {
      tell.retried(stage, attempt, message);
      recorded?.retried(stage, attempt, message);
    },
  });
  used = running.used;
  const ending = await running.ended;
  await lines.out.end();
  await lines.err.end();
  const kept = tail.bytes();
  await recorded?.ended(stage, ending, { outputTail: textOfTail(kept, bytes > kept.length) });
  tell.ended(stage, ending);
  const { artifact } = stage;
  if (ending.status === 'done' && artifact !== undefined && !existsSync(resolve(cwd, artifact)))
    tell.missing(stage, artifact);
  return ending.status;
}

const NOTHING_YET = { cpuUserS: null, cpuSystemS: null, maxRssBytes: null, peakTreeRssBytes: null };

/** What `--mock` does: the stage is done at once, and used nothing that could be measured. */
async function play(stage: Stage, { recorded, tell }: PipelineOptions): Promise<'done'> {
  tell.started(stage);
  await recorded?.started(stage, () => NOTHING_YET);
  const ending: StageEnding = { status: 'done', attempts: 1, wallS: 0, ...NOTHING_YET };
  await recorded?.ended(stage, ending, { mock: true });
  tell.ended(stage, ending);
  return 'done';
}

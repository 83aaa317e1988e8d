import { join } from 'node:path';
import { read as readTelemetry } from '@tacho/trace/formats/telemetry/read';
import { emptyRun, RunFold } from '@tacho/trace/model/fold';
import type { Run } from '@tacho/trace/model/run';
import { FollowedLines } from './followed-lines.ts';
import type { Pricing } from './pricing.ts';
import { reportsOf } from './report-files.ts';
import { writeWhole } from './whole-file.ts';

/**
 * The two reports in a run's folder, made from the run's own stream: what other programs of the pipeline recorded into it is
 * in them, and they cannot disagree with what anybody else reads there.
 */
export class PipelineReport {
  readonly #folder: string;
  readonly #pricing: Pricing;
  readonly #withCalls: boolean;
  readonly #fold: RunFold;
  readonly #stream: FollowedLines;
  #turn: Promise<void> = Promise.resolve();
  #asked = false;

  constructor(folder: string, runId: string, pricing: Pricing, withCalls: boolean) {
    this.#folder = folder;
    this.#pricing = pricing;
    this.#withCalls = withCalls;
    this.#fold = new RunFold(emptyRun(runId));
    this.#stream = new FollowedLines(
      join(folder, 'telemetry.jsonl'),
      readTelemetry,
      runId,
      (records) => {
        for (const record of records) this.#fold.apply(record);
      },
      // A line that another program wrote badly is told by whoever reads the stream to show it.
      () => {},
    );
  }

  /** The run as it is by now. */
  get run(): Run {
    return this.#fold.run;
  }

  /** Writes both anew. Asked again while one is written, the next one serves all that asked. */
  write(): Promise<void> {
    if (this.#asked) return this.#turn;
    this.#asked = true;
    this.#turn = this.#turn
      .catch(() => {})
      .then(() => {
        this.#asked = false;
        return this.#write();
      });
    return this.#turn;
  }

  async end(): Promise<void> {
    await this.#turn.catch(() => {});
    await this.#stream.end();
  }

  async #write(): Promise<void> {
    await this.#stream.readOn();
    const { run } = this.#fold;
    this.#pricing.apply(run);
    const reported: Run = {
      ...run,
      attributes: { ...run.attributes, pricing: this.#pricing.describe(run) },
    };
    for (const [name, pieces] of reportsOf(reported, this.#withCalls))
      await writeWhole(join(this.#folder, name), pieces);
  }
}

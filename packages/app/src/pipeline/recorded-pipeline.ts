import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RunTrace, type SpanHandle } from '@tacho/trace';
import type { Refusal } from '@tacho/trace/formats/format';
import { readCalls } from '@tacho/trace/formats/instrumentation/read-calls';
import type { JsonObject } from '@tacho/trace/model/json';
import { PRICED_BY, roundUsd } from '@tacho/trace/model/price';
import type { TraceRecord, UsageRecord } from '@tacho/trace/model/record';
import { nowUs, usToSeconds } from '@tacho/trace/model/time';
import { usageFrom } from '@tacho/trace/model/usage-fields';
import { keptArguments, withoutSecrets } from '../exec/command-text.ts';
import type { Used } from '../exec/measured-process.ts';
import { usedAttributes } from '../exec/outcome.ts';
import { SINK_FILE, stageEnvironment } from '../exec/surrounding-run.ts';
import { FollowedLines } from './followed-lines.ts';
import { addToManifest, MANIFEST } from './manifest-line.ts';
import { PipelineReport } from './pipeline-report.ts';
import type { Pricing } from './pricing.ts';
import type { Recipe, Stage } from './recipe.ts';
import { DIGEST, hostFacts, REPORT } from './report-files.ts';
import { type StageEnding, sumOf } from './stage-process.ts';

/** While a stage runs, the reports are written anew this often. */
const REPORT_MS = 2_000;
/** Never more than a tenth of the time goes into reports: one of many calls takes long to write. */
const REPORT_SHARE = 10;
/** The sink is looked at this often. */
const SINK_MS = 250;
/** Of refused lines so many are told; there is the file for the others. */
const MOST_TOLD = 20;

export type RecordingOptions = {
  /** The output folder: runs lie in it, and `run_manifest.jsonl`. */
  dir: string;
  /** A server that gets the run as well. */
  url?: string;
  token?: string;
  recipePath: string;
  pricing: Pricing;
  includeCalls: boolean;
  /** Something could not be written or read: the pipeline goes on. */
  onProblem(message: string): void;
};

/** What of a stage is known at its end beyond its figures. */
export type StageFacts = { outputTail?: string; mock?: true };

type OpenStage = { span: SpanHandle; used: () => Used };

/** A pipeline's run: its stream, the model calls of its programs, and the reports in its folder. */
export class RecordedPipeline {
  readonly #trace: RunTrace;
  readonly #folder: string;
  readonly #options: RecordingOptions;
  readonly #report: PipelineReport;
  readonly #sink: FollowedLines;
  readonly #open = new Map<string, OpenStage>();
  readonly #own: ReadonlySet<string>;
  /** Stages that only calls name, with their last call: they end with the run. */
  readonly #named = new Map<string, number | undefined>();
  /** When the recipe's stages ended, µs: their last calls are read later. */
  readonly #endedUs = new Map<string, number>();
  readonly #timers: NodeJS.Timeout[] = [];
  #used: Used | undefined;
  #failed = false;
  #nextReportMs = 0;
  #refused = 0;
  #told = new Set<string>();

  /** Undefined where nothing is to be recorded (`TACHO_DISABLED`). */
  static async begin(recipe: Recipe, options: RecordingOptions): Promise<RecordedPipeline | undefined> {
    const trace = new RunTrace({
      name: recipe.name,
      ...(recipe.description !== undefined && { task: recipe.description }),
      dir: options.dir,
      url: options.url ?? false,
      ...(options.token !== undefined && { token: options.token }),
      labels: { recipe: recipe.name },
      plan: recipe.stages.map(({ id }) => ({ stage: id })),
      attributes: {
        recipe_path: options.recipePath,
        env: hostFacts(),
      },
    });
    if (trace.path === undefined) return undefined;
    const recorded = new RecordedPipeline(trace, trace.path, recipe, options);
    await recorded.#begin(recipe);
    return recorded;
  }

  private constructor(trace: RunTrace, folder: string, recipe: Recipe, options: RecordingOptions) {
    this.#trace = trace;
    this.#folder = folder;
    this.#options = options;
    this.#own = new Set(recipe.stages.map(({ id }) => id));
    this.#report = new PipelineReport(folder, trace.runId, options.pricing, options.includeCalls);
    this.#sink = new FollowedLines(
      join(folder, SINK_FILE),
      (input) => readCalls(input, (stage) => this.#callEndUs(stage)),
      trace.runId,
      (records) => this.#takeCalls(records),
      (refusal) => this.#refuse(refusal),
    );
  }

  get runId(): string {
    return this.#trace.runId;
  }

  /** Undefined where it could not be made, which is told when the first file in it is written. */
  get folder(): string | undefined {
    return existsSync(this.#folder) ? this.#folder : undefined;
  }

  /** The report for people; undefined where it could not be written. */
  get digest(): string | undefined {
    const path = join(this.#folder, DIGEST);
    return existsSync(path) ? path : undefined;
  }

  async #begin(recipe: Recipe): Promise<void> {
    await this.#trace.flush();
    // Programs may open it for appending without making it.
    await this.#attempt(SINK_FILE, () => writeFile(join(this.#folder, SINK_FILE), '', { flag: 'a' }));
    await this.#attempt(MANIFEST, () => this.#writeManifestLine(recipe));
    await this.#writeReport();
    const every = (ms: number, work: () => Promise<void>): void => {
      const timer = setInterval(() => void work(), ms);
      timer.unref();
      this.#timers.push(timer);
    };
    every(SINK_MS, () => this.#readSink());
    every(REPORT_MS, () => this.#look());
  }

  /** The variables by which a stage's programs find the run and the sink. */
  environmentOf(stage: Stage): Record<string, string> {
    return {
      ...stageEnvironment({ runId: this.runId, folder: this.#folder, spanId: stage.id }),
      PIPELINE_STAGE_ID: stage.id,
    };
  }

  /** `used` says what the stage has used by now. */
  async started(stage: Stage, used: () => Used): Promise<void> {
    this.#open.set(stage.id, { span: this.#start(stage), used });
    await this.#trace.flush();
    // Its time is the stage's own: nobody waits for the report.
    void this.#writeReport();
  }

  retried(stage: Stage, attempt: number, message: string): void {
    this.#open.get(stage.id)?.span.event('attempt failed', { attempt, error: message }, { level: 'warning' });
  }

  async ended(stage: Stage, ending: StageEnding, facts: StageFacts): Promise<void> {
    const open = this.#open.get(stage.id);
    if (!open) return;
    this.#endedUs.set(stage.id, nowUs());
    this.#open.delete(stage.id);
    const { error, attempts } = ending;
    open.span.end({
      status: ending.status === 'done' ? 'ok' : 'error',
      ...(error !== undefined && { error: { name: error.type, message: error.message } }),
      attributes: {
        // Its own time: the span ends when its last output has been passed on, too.
        ...(!facts.mock && { wall_s: ending.wallS }),
        ...usedAttributes(ending),
        ...(attempts > 1 && { attempts }),
        ...(facts.mock && { mock: true }),
        ...(facts.outputTail && { output_tail: facts.outputTail }),
      },
    });
    this.#failed ||= ending.status === 'failed';
    this.#used = this.#used === undefined ? ending : sumOf(this.#used, ending);
    this.#trace.set({ attributes: runAttributes(this.#usedByNow) });
    await this.#readSink();
    await this.#writeReport();
  }

  async skipped(stage: Stage, reason: string): Promise<void> {
    this.#start(stage).end({ status: 'cancelled', attributes: { reason } });
    await this.#writeReport();
  }

  /** Ends the run and writes the last reports. */
  async end(stopped: boolean): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#readSink();
    await this.#attempt(SINK_FILE, () => this.#sink.end());
    // Estimated: a stage that a program of its own records has an end, and what came of it, from there.
    for (const [id, ts] of this.#named)
      this.#trace.append([
        { event: 'span', span_id: id, end_ts: ts ?? usToSeconds(nowUs()), estimated: true },
      ]);
    if (this.#refused > MOST_TOLD)
      this.#options.onProblem(
        `${this.#refused} lines of ${join(this.#folder, SINK_FILE)} are no model calls.`,
      );
    await this.#trace.end({
      status: stopped ? 'interrupted' : this.#failed ? 'error' : 'ok',
      attributes: {
        ...runAttributes(this.#used),
        ...(this.#refused > 0 && { refused_calls: this.#refused }),
      },
    });
    await this.#writeReport();
    await this.#report.end();
  }

  /** Calls, tokens and cost of the whole run by now. */
  get run(): PipelineReport['run'] {
    return this.#report.run;
  }

  #start(stage: Stage): SpanHandle {
    return this.#trace.start(stage.id, {
      // The sink's calls name the stage by its id, and so does the report.
      id: stage.id,
      kind: 'stage',
      parent: null,
      ...(stage.stage !== undefined && { role: stage.stage }),
      ...(stage.module !== undefined && { component: stage.module }),
      attributes: {
        ...('shell' in stage.program
          ? { shell: stage.program.shell }
          : { command: keptArguments(stage.program.command) }),
        ...(stage.artifact !== undefined && { artifact: stage.artifact }),
        ...(stage.description !== undefined && { description: stage.description }),
        ...(stage.needs.length > 0 && { needs: [...stage.needs] }),
      },
      links: stage.needs.map((need) => ({ type: 'waits_for', span: need })),
    });
  }

  /** What the stages have used so far, for whoever watches the run, and the reports: a run that is killed says no more. */
  async #look(): Promise<void> {
    for (const { span, used } of this.#open.values()) span.setAttributes(usedAttributes(used()));
    if (this.#open.size > 0) this.#trace.set({ attributes: runAttributes(this.#usedByNow) });
    if (this.#open.size === 0 || performance.now() < this.#nextReportMs) return;
    const fromMs = performance.now();
    await this.#writeReport();
    this.#nextReportMs = performance.now() + (performance.now() - fromMs) * REPORT_SHARE;
  }

  /** With what is known of stages that run: one that has just begun is not looked at yet. */
  get #usedByNow(): Used | undefined {
    let sum = this.#used;
    for (const { used } of this.#open.values()) {
      const each = used();
      if (each.cpuUserS !== null) sum = sum === undefined ? each : sumOf(sum, each);
    }
    return sum;
  }

  async #readSink(): Promise<void> {
    await this.#attempt(SINK_FILE, () => this.#sink.readOn());
  }

  async #writeReport(): Promise<void> {
    await this.#trace.flush();
    await this.#attempt(REPORT, () => this.#report.write());
  }

  /** Once for each thing that does not work: a full disk is full for every stage. */
  async #attempt(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (problem) {
      if (this.#told.has(what)) return;
      this.#told.add(what);
      this.#options.onProblem(`${join(this.#folder, what)}: ${String(problem)}. The pipeline goes on.`);
    }
  }

  #takeCalls(records: readonly TraceRecord[]): void {
    const kept: TraceRecord[] = [];
    for (const record of records) {
      if (record.event === 'span_update') {
        // What a stage of the recipe is, its own span says.
        if (this.#own.has(record.span_id)) continue;
        this.#named.set(record.span_id, record.ts);
      } else if (record.event === 'usage') {
        if (record.span_id !== undefined && this.#named.has(record.span_id))
          this.#named.set(record.span_id, record.ts);
        kept.push(this.#priced(record));
        continue;
      }
      kept.push(record);
    }
    this.#trace.append(kept);
  }

  /** When a call was made that does not say so: just now, or when its stage ended. */
  #callEndUs(stage: string | undefined): number {
    return (stage === undefined ? undefined : this.#endedUs.get(stage)) ?? nowUs();
  }

  /** The named table is the pipeline's own word for what a call costs: whoever reads the stream learns it. */
  #priced(record: UsageRecord): UsageRecord {
    if (record.cost_usd !== undefined || record.model === undefined) return record;
    const usage = usageFrom(record.usage ?? record);
    if (usage === undefined) return record;
    const price = this.#options.pricing.ofTable({
      model: record.model,
      ...(record.provider !== undefined && { provider: record.provider }),
      usage,
      atUs: (record.ts ?? 0) * 1e6,
    });
    if (price === undefined) return record;
    const attributes = { ...(record.attributes as JsonObject), [PRICED_BY]: this.#options.pricing.name };
    return { ...record, cost_usd: roundUsd(price.costUsd), attributes };
  }

  #refuse({ line, reason }: Refusal): void {
    if (++this.#refused > MOST_TOLD) return;
    this.#options.onProblem(
      `${join(this.#folder, SINK_FILE)}${line === undefined ? '' : `:${line}`}: ${reason}`,
    );
  }

  /** Written at the beginning: a run that is killed is in the manifest, too. */
  async #writeManifestLine({ name }: Recipe): Promise<void> {
    addToManifest(this.#folder, {
      runId: this.runId,
      createdAt: new Date().toISOString(),
      recipe: { name: withoutSecrets(name), path: this.#options.recipePath },
    });
  }
}

/** The run says of itself what its stages used together. */
function runAttributes(used: Used | undefined): Record<string, number | null> {
  if (used === undefined) return {};
  return { cpu_user_s: used.cpuUserS, cpu_system_s: used.cpuSystemS, max_rss_bytes: used.maxRssBytes };
}

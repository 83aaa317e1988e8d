import { stat } from 'node:fs/promises';
import { basename, dirname, relative, sep } from 'node:path';
import type { Format, Head } from '@tacho/trace/formats/format';
import { type HarborShape, harborShape } from '@tacho/trace/formats/harbor/shape';
import { AGENT_EXECUTION, STAGES, stepId } from '@tacho/trace/formats/harbor/stages';
import { headDocument } from '@tacho/trace/formats/json-document';
import type { TraceRecord } from '@tacho/trace/model/record';
import { betterBeside, type CallsBeside, callsBeside, isPrinted } from './calls-beside.ts';
import { RecordJoin } from './join-records.ts';
import { ALONE, leftAlone } from './left-alone.ts';
import { type Trial, TrialFolders } from './trial-folders.ts';
import { withCallsBeside } from './trial-result.ts';

/** What is to become of a file: read as this format (into the run `runId`, where it joins others), or left alone. */
export type Placement = { format: Format; runId?: string } | { leftAlone: string } | undefined;

/** Nothing was there a second ago: a session that begins is found the next time. */
const FRESH_MS = 1_000;
/** A trial at work was begun less than a day ago. */
const RECENT_MS = 24 * 3_600_000;

/** Finds out which files belong together, whatever the order in which they are seen. One for each import or watch. */
export class Joiner {
  readonly #folders = new TrialFolders();
  readonly #calls = new Map<string, { found: CallsBeside | undefined; atMs: number }>();
  readonly #live: boolean;

  /** `live`: files appear as they are written. */
  constructor(options: { live?: boolean } = {}) {
    this.#live = options.live === true;
  }

  /**
   * Where a file belongs. `format` is what it was recognised as, undefined for what nobody knows: of that a trial has
   * much, and it is left alone with its reason. Undefined: the file belongs to nothing, and nobody knows it.
   */
  async place(path: string, format: Format | undefined, head: Head): Promise<Placement> {
    const shape = format?.name === 'harbor' ? harborShape(headDocument(head)) : undefined;
    const trial = await this.#folders.trialOf(path);
    if (trial === undefined) return this.#outside(path, format, shape);
    const within = relative(trial.folder, path).split(sep).join('/');
    const asksForCalls = format?.name === 'atif' || shape === 'trial-result';
    const calls = asksForCalls ? await this.#callsOf(trial) : undefined;
    const printed = format !== undefined && isPrinted(format.name, head);
    const reason = leftAlone({
      path: within,
      format: format?.name,
      shape,
      hasResult: trial.hasResult,
      hasRewards: trial.hasRewards,
      hasCalls: calls !== undefined,
      hasBetter: printed && (await betterBeside(path, format.name)),
    });
    if (reason !== undefined) return { leftAlone: reason };
    if (format === undefined) return undefined;
    const begunUs = this.#live && shape === 'trial-config' ? await writtenAt(path) : undefined;
    return { format: pieceFormat(format, trial, within, { calls, begunUs }), runId: trial.runId };
  }

  async #outside(
    path: string,
    format: Format | undefined,
    shape: HarborShape | undefined,
  ): Promise<Placement> {
    if (shape === 'job-result' || shape === 'job-config') return { leftAlone: ALONE['job-document'] };
    if (format?.name === 'harbor' && (shape === undefined || shape === 'tests'))
      return { leftAlone: ALONE.piece };
    if (format !== undefined) return { format };
    const folder = await this.#folders.at(dirname(path));
    return folder?.kind === 'job' && basename(path) !== 'result.json' ? { leftAlone: ALONE.job } : undefined;
  }

  async #callsOf({ folder }: Trial): Promise<CallsBeside | undefined> {
    const known = this.#calls.get(folder);
    if (known && (known.found !== undefined || performance.now() - known.atMs < FRESH_MS)) return known.found;
    const found = await callsBeside(folder);
    this.#calls.set(folder, { found, atMs: performance.now() });
    return found;
  }
}

/** When a file was written last; undefined when that is long ago, and may be when it was copied. */
async function writtenAt(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && Date.now() - found.mtimeMs < RECENT_MS ? Math.round(found.mtimeMs * 1000) : undefined;
}

type Known = { calls: CallsBeside | undefined; begunUs: number | undefined };

/** The format, reading into the trial's run. */
function pieceFormat(format: Format, trial: Trial, within: string, { calls, begunUs }: Known): Format {
  if (format.name === 'harbor')
    return reading(format, trial.runId, () => (records) => [
      ...(begunUs === undefined ? [] : [begun(trial.runId, begunUs)]),
      ...(calls === undefined ? records : withCallsBeside(records, trial, calls)),
    ]);
  const step = /^steps\/([^/]+)\//.exec(within)?.[1];
  const parent = step === undefined ? AGENT_EXECUTION : stepId(step, AGENT_EXECUTION);
  return reading(format, trial.runId, () => {
    const join = new RecordJoin({
      runId: trial.runId,
      parent,
      parentName: AGENT_EXECUTION,
      ...startOf(trial),
      ...(trial.model !== undefined && { model: trial.model }),
      // Each step's trajectory counts from one, and several bear the name of one session.
      ...(step !== undefined && format.name === 'atif' && { apart: stepId(step) }),
    });
    return (records) => join.take(records);
  });
}

type Change = (records: readonly TraceRecord[]) => readonly TraceRecord[];

/** The format with its records changed on the way; `begin` is called for every reading. */
function reading(format: Format, runId: string, begin: () => Change): Format {
  return {
    ...format,
    async *read(input) {
      const change = begin();
      // Where a session's folder says whose it is, that guess is better for what the agent wrote: ids are told apart by it.
      const guess = format.name === 'harbor' ? runId : (input.runId ?? runId);
      for await (const records of format.read!({ ...input, runId: guess })) yield change(records);
    },
  };
}

/** A trial begins with its config: so it has a time, and a place in every list, long before its result says when. */
function begun(runId: string, us: number): TraceRecord {
  const [first] = STAGES;
  return { event: 'span_update', run_id: runId, span_id: first, name: first, kind: 'stage', ts: us / 1e6 };
}

function startOf({ agentStartUs }: Trial): { startUs?: number } {
  return agentStartUs === undefined ? {} : { startUs: agentStartUs };
}

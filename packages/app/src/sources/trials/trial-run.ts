import { basename, dirname, join } from 'node:path';
import { AGENT_EXECUTION } from '@tacho/trace/formats/harbor/stages';
import { formatNamed } from '@tacho/trace/formats/index';
import { emptyRun, RunFold } from '@tacho/trace/model/fold';
import type { TraceRecord } from '@tacho/trace/model/record';
import type { Run } from '@tacho/trace/model/run';
import { totalTokens } from '@tacho/trace/model/usage';
import { RecordJoin } from '../join/join-records.ts';
import { Joiner } from '../join/joiner.ts';
import type { Trial } from '../join/trial-folders.ts';
import { withCallsBeside } from '../join/trial-result.ts';
import { openFile } from '../read-file.ts';
import { readSource } from '../read-source.ts';
import { recognise } from '../recognise.ts';
import { walk } from '../walk.ts';

/** Where NeMo leaves its trace, in the order in which it is looked for. */
export const NEMO_PLACES = ['logs/nemo/trace.json', 'logs/trace.json', 'nemo_trace.json', 'trace.json'];

/** Where Claude's output is kept, in the order in which it is looked for. */
export const CLAUDE_PLACES = [
  'agent/claude.txt',
  'logs/agent/claude.txt',
  'logs/agent/stdout.log',
  'logs/agent/output.json',
  'logs/agent.txt',
  'logs/stdout.txt',
];

/** A trial as a run, from its files alone. */
export type TrialRun = {
  trial: Trial;
  run: Run;
  /** The NeMo trace by itself, where there is one. */
  nemo?: Run;
  /** Files that the figures come from, from the trial's folder. */
  sources: string[];
  /** What could not be read of them. */
  refused: { file: string; reason: string }[];
};

type Piece = { path: string; run: Run; records: TraceRecord[] };

/**
 * Reads one trial: its result, and the best of what tells what its agent did. A NeMo trace comes first, then Claude's
 * output in the places of old harnesses, then everything that joins a Harbor trial; what has neither calls nor tokens
 * is passed over for the next.
 */
export async function readTrial(trial: Trial): Promise<TrialRun> {
  const reading = new TrialReading(trial);
  const result = trial.hasResult ? await reading.piece('result.json', ['harbor']) : undefined;
  const nemo = await reading.first(NEMO_PLACES, ['nemo'], (run) => run.spans.some(isTool) || usesTokens(run));
  let pieces = nemo ? [nemo] : [];
  // A trace without tokens says what was done; what it cost stands elsewhere.
  if (!nemo || !usesTokens(nemo.run)) {
    const claude = await reading.first(CLAUDE_PLACES, ['claude-output', 'claude-code'], usesTokens);
    pieces = [...pieces, ...(claude ? [claude] : nemo ? [] : await reading.joined())];
  }
  const told = pieces.some(({ run }) => usesTokens(run));
  const calls = { path: '', format: '', firstUs: firstUsOf(pieces) };
  const own = result?.records ?? [];
  const records = told ? withCallsBeside(own, trial, calls) : own;
  const fold = new RunFold(emptyRun(trial.runId));
  for (const record of records) fold.apply(record);
  for (const piece of pieces) for (const record of piece.records) fold.apply(record);
  addFacts(fold.run, trial);
  return {
    trial,
    run: fold.run,
    ...(nemo && { nemo: nemo.run }),
    sources: [...(result ? [result.path] : []), ...pieces.map(({ path }) => path)],
    refused: reading.refused,
  };
}

class TrialReading {
  readonly refused: { file: string; reason: string }[] = [];
  readonly #trial: Trial;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  /** The first of the places that holds one of the formats, and something of what is wanted. */
  async first(
    places: readonly string[],
    formats: readonly string[],
    wanted: (run: Run) => boolean,
  ): Promise<Piece | undefined> {
    for (const place of places) {
      const piece = await this.piece(place, formats);
      if (piece && wanted(piece.run)) return piece;
    }
    return undefined;
  }

  async piece(place: string, formats: readonly string[]): Promise<Piece | undefined> {
    const path = join(this.#trial.folder, place);
    const source = await openFile(path).catch(() => undefined);
    if (source === undefined) return undefined;
    const found = recognise(source.head);
    const format = found && formats.includes(found.name) ? formatNamed(found.name) : undefined;
    if (source.unreadable !== undefined || format === undefined) {
      await source.close();
      return undefined;
    }
    const join_ = format.name === 'harbor' ? undefined : this.#join();
    const [alone, records] = [new RunFold(emptyRun(this.#trial.runId)), [] as TraceRecord[]];
    for await (const batch of readSource(source, { format, uri: path, runId: this.#trial.runId })) {
      for (const record of batch.records) alone.apply(record);
      for (const record of join_ ? join_.take(batch.records) : batch.records)
        records.push({ ...record, run_id: this.#trial.runId });
      for (const { reason } of batch.refused ?? []) this.refused.push({ file: place, reason });
    }
    return { path: place, run: alone.run, records };
  }

  /** Everything below the trial that becomes part of its run when it is imported. */
  async joined(): Promise<Piece[]> {
    const joiner = new Joiner();
    const pieces: Piece[] = [];
    for await (const { path, size } of walk(this.#trial.folder, () => {})) {
      const place = path.slice(this.#trial.folder.length + 1).replaceAll('\\', '/');
      if (size === 0 || place === 'result.json' || place === 'run_manifest.json') continue;
      const source = await openFile(path).catch(() => undefined);
      if (source === undefined) continue;
      const known = source.unreadable === undefined ? recognise(source.head) : undefined;
      const placed = known && (await joiner.place(path, known, source.head));
      if (!placed || !('format' in placed)) {
        await source.close();
        continue;
      }
      const fold = new RunFold(emptyRun(this.#trial.runId));
      const records: TraceRecord[] = [];
      for await (const batch of readSource(source, { format: placed.format, uri: path })) {
        for (const record of batch.records) {
          fold.apply(record);
          records.push(record);
        }
        for (const { reason } of batch.refused ?? []) this.refused.push({ file: place, reason });
      }
      pieces.push({ path: place, run: fold.run, records });
    }
    return pieces;
  }

  #join(): RecordJoin {
    const { runId, agentStartUs } = this.#trial;
    return new RecordJoin({
      runId,
      parent: AGENT_EXECUTION,
      parentName: AGENT_EXECUTION,
      ...(agentStartUs !== undefined && { startUs: agentStartUs }),
    });
  }
}

/** When the first of the agent's spans began; 0 without any. */
function firstUsOf(pieces: readonly Piece[]): number {
  const first = pieces
    .flatMap(({ run }) => run.spans)
    .reduce((us, span) => Math.min(us, span.startUs), Infinity);
  return Number.isFinite(first) ? first : 0;
}

function isTool({ kind, tool }: Run['spans'][number]): boolean {
  return kind === 'tool' || tool !== undefined;
}

function usesTokens({ spans }: Run): boolean {
  return spans.some(({ usage }) => usage !== undefined && totalTokens(usage) > 0);
}

/** `claude-baseline-10figure-20251217`: the seed's jobs are named for the agent, the benchmark and the day. */
const JOB_NAME = /^(.+)-([^-]+)-\d{8}(?:[-_T]?\d{4,6})?$/;

/** What the folders say, where the result does not. The seed's name for an agent is its variant: it says more than the tool's. */
function addFacts(run: Run, trial: Trial): void {
  const job = dirname(trial.folder);
  const named = JOB_NAME.exec(basename(job));
  run.attributes.job_dir = job;
  run.labels.framework ??= 'harbor';
  run.labels.job ??= basename(job);
  run.labels.task_id ??= basename(trial.folder);
  if (named) {
    const [, agent, benchmark] = named;
    if (run.labels.agent !== undefined && run.labels.agent !== agent)
      run.labels.agent_name = run.labels.agent;
    run.labels.agent = agent!;
    run.labels.benchmark ??= benchmark!;
  }
  // Calls that do not name their model are of the trial's.
  const { model, provider } = run.labels;
  if (model === undefined) return;
  for (const span of run.spans)
    if (span.usage !== undefined && span.model === undefined) {
      span.model = model;
      if (provider !== undefined) span.provider = provider;
    }
}

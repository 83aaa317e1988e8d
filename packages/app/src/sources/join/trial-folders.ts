import { basename, dirname, join } from 'node:path';
import { labelsOf } from '@tacho/trace/formats/harbor/labels';
import { harborShape, trialNameOf } from '@tacho/trace/formats/harbor/shape';
import { timesOf } from '@tacho/trace/formats/harbor/stages';
import { headDocument } from '@tacho/trace/formats/json-document';
import { asString, isObject, type JsonObject } from '@tacho/trace/model/json';
import { headOfFile } from './head-of-file.ts';

/** The folder of one Harbor trial, as far as its result and its config tell. */
export type Trial = {
  readonly folder: string;
  readonly runId: string;
  /** Its result is there: the config says nothing more. Without one a trial is at work, or was cut off. */
  readonly hasResult: boolean;
  /** The result has the verifier's rewards: reward files say nothing more. */
  readonly hasRewards: boolean;
  /** When its agent began, by the result; in the writer's local time when `naive`. */
  readonly agentStartUs?: number;
  readonly naive: boolean;
  /** What its agent was run with. */
  readonly model?: TrialModel;
};

export type TrialModel = { readonly model: string; readonly provider?: string };

export type HarborFolder = { kind: 'trial'; trial: Trial } | { kind: 'job' };

/** Subagents of a session of a step lie nine folders below their trial. */
const MOST_LEVELS = 12;
/** A trial that is at work may get its result at any moment; one that has it keeps it. */
const FRESH_MS = 1_000;
const REMEMBERED = 20_000;

/** Finds the trial that a file belongs to, by walking up from it. What was found is remembered. */
export class TrialFolders {
  readonly #known = new Map<string, { found: HarborFolder | undefined; atMs: number }>();

  /** The trial around a file; undefined when it belongs to none. */
  async trialOf(path: string): Promise<Trial | undefined> {
    let folder = dirname(path);
    for (let level = 0; level < MOST_LEVELS && folder !== dirname(folder); level++) {
      const found = await this.at(folder);
      if (found?.kind === 'trial') return found.trial;
      // A job holds trials and is in none.
      if (found?.kind === 'job') return undefined;
      folder = dirname(folder);
    }
    return undefined;
  }

  /** What a folder is by itself. */
  async at(folder: string): Promise<HarborFolder | undefined> {
    const known = this.#known.get(folder);
    const final =
      known?.found?.kind === 'job' || (known?.found?.kind === 'trial' && known.found.trial.hasRewards);
    if (known && (final || performance.now() - known.atMs < FRESH_MS)) return known.found;
    const found = await lookAt(folder);
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    this.#known.set(folder, { found, atMs: performance.now() });
    return found;
  }
}

async function lookAt(folder: string): Promise<HarborFolder | undefined> {
  const result = await documentAt(join(folder, 'result.json'));
  const shape = harborShape(result);
  if (result && shape === 'trial-result') return { kind: 'trial', trial: trialFrom(folder, result) };
  const config = await documentAt(join(folder, 'config.json'));
  const configShape = harborShape(config);
  if (config && configShape === 'trial-config')
    return {
      kind: 'trial',
      trial: {
        folder,
        runId: nameOf(folder, config),
        hasResult: false,
        hasRewards: false,
        naive: false,
        ...modelIn(config),
      },
    };
  return shape === 'job-result' || configShape === 'job-config' ? { kind: 'job' } : undefined;
}

async function documentAt(path: string): Promise<JsonObject | undefined> {
  const head = await headOfFile(path);
  const document = head && headDocument(head);
  return isObject(document) ? document : undefined;
}

function trialFrom(folder: string, result: JsonObject): Trial {
  const { startUs } = timesOf(result.agent_execution);
  return {
    folder,
    runId: nameOf(folder, result),
    hasResult: true,
    hasRewards: isObject(result.verifier_result),
    naive: typeof result.started_at === 'string' && !/(?:Z|[+-]\d{2}:?\d{2})$/i.test(result.started_at),
    ...(startUs !== undefined && { agentStartUs: startUs }),
    ...modelIn(result),
  };
}

function modelIn(document: JsonObject): { model?: TrialModel } {
  const labels = labelsOf(document);
  const [model, provider] = [asString(labels.model), asString(labels.provider)];
  return model === undefined ? {} : { model: { model, ...(provider !== undefined && { provider }) } };
}

/** Without a name of its own a trial is called by its job's folder and its own: task folders repeat in every job. */
function nameOf(folder: string, document: JsonObject): string {
  return trialNameOf(document) ?? `${basename(dirname(folder))}__${basename(folder)}`;
}

import { asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { trialNameOf } from './shape.ts';

/**
 * What a trial is grouped and filtered by, from its result or from its config alone. The result's own words stand over
 * the config's: what was asked for is not always what ran.
 */
export function labelsOf(trial: JsonObject): JsonObject {
  const config = objectOf(trial.config ?? trial);
  const asked = objectOf(config.agent);
  const agent = objectOf(trial.agent_info);
  const model = objectOf(agent.model_info);
  const task = objectOf(config.task);
  const [askedProvider, askedModel] = splitModel(asString(asked.model_name));
  const version = asString(agent.version);
  const labels: Record<string, string | undefined> = {
    framework: 'harbor',
    agent: asString(agent.name) ?? asString(asked.name) ?? asString(asked.import_path),
    agent_version: version === 'unknown' ? undefined : version,
    agent_import_path: asString(asked.import_path),
    model: asString(model.name) ?? askedModel,
    provider: asString(model.provider) ?? askedProvider,
    benchmark: asString(trial.source) ?? asString(task.source),
    task_id: taskIdOf(trial.task_id) ?? taskIdOf(task),
    task_name: asString(trial.task_name),
    trial: trialNameOf(trial),
    job: jobOf(config),
  };
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined));
}

/** The job's name: the folder in which its trials lie. */
export function jobOf(config: JsonObject): string | undefined {
  const folder = asString(config.trials_dir);
  return folder === undefined ? undefined : lastOf(folder);
}

/** A task as text: its own id, or the last word of where it lies. */
export function taskIdOf(value: JsonValue | undefined): string | undefined {
  if (!isObject(value)) return asString(value);
  const id = asString(value.task_id) ?? asString(value.id);
  if (id !== undefined) return id;
  const { org, name, path } = value;
  if (asString(org) !== undefined && asString(name) !== undefined)
    return `${asString(org)}/${asString(name)}`;
  const place = asString(path) ?? asString(name);
  return place === undefined ? undefined : lastOf(place);
}

/** `anthropic/claude-opus-4-5` names the provider with the model. */
function splitModel(name: string | undefined): [provider: string | undefined, model: string | undefined] {
  const at = name?.indexOf('/') ?? -1;
  return at > 0 ? [name!.slice(0, at), name!.slice(at + 1)] : [undefined, name];
}

function lastOf(path: string): string | undefined {
  return path.split(/[\\/]/).findLast((part) => part !== '');
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isObject(value) ? value : {};
}

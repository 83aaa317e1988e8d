import { asString, isObject, type JsonObject, type JsonValue, putField } from '../../model/json.ts';
import { printable, titleOf } from '../excerpt.ts';
import { stemOf } from './identity.ts';

/** A member of the file that is longer as text is described, not kept: recordings carry whole listings of the system. */
const MOST_CHARS = 64 * 1024;

/** What a run is called by, in `otherData` or `metadata`. */
const FIELDS: Record<string, string> = {
  task: 'task',
  run_name: 'name',
  session_id: 'session_id',
  project: 'project',
};

/** The members beside the events as fields of a run's record. Those that have no meaning to us are kept as attributes. */
export function runFields(members: ReadonlyMap<string, unknown>, fileName: string | undefined): JsonObject {
  const fields: JsonObject = {};
  const attributes: JsonObject = {};
  for (const [key, value] of members) {
    putField(attributes, key, kept(value as JsonValue));
    if ((key !== 'otherData' && key !== 'metadata') || !isObject(value)) continue;
    for (const [word, field] of Object.entries(FIELDS)) {
      const found = Object.hasOwn(value, word) ? asString(value[word]) : undefined;
      if (found !== undefined) fields[field] ??= found;
    }
  }
  const task = asString(fields.task);
  if (task !== undefined) fields.name ??= titleOf(task);
  const stem = stemOf(fileName);
  if (stem !== undefined) fields.fallback_name = stem;
  if (Object.keys(attributes).length > 0) fields.attributes = attributes;
  return fields;
}

function kept(value: JsonValue): JsonValue {
  const safe = printable(value);
  const length = typeof safe === 'string' ? safe.length : JSON.stringify(safe).length;
  return length <= MOST_CHARS ? safe : `${length} characters, not kept`;
}

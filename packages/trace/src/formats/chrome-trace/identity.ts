import { contentId } from '../../model/ids.ts';
import { asString, isObject, type JsonObject } from '../../model/json.ts';
import { lastOfPath } from '../excerpt.ts';

/** The run ids in the names that the first seed gives its traces: the real program's, and the seed's own. */
const NAMED = [/^(\d{8}T\d{6}Z-[0-9a-f]{12})(?=[_.]|$)/, /^(\d{8}_\d{6}_.+)$/];

/** A file's name without folders and endings. */
export function stemOf(fileName: string | undefined): string | undefined {
  const stem = lastOfPath(fileName ?? '').replace(/(\.(json|trace|gz))+$/i, '');
  return stem === '' ? undefined : stem;
}

/** The run that a trace says it is, in one of its members or by its file's name. */
export function statedRunId(members: readonly unknown[], fileName: string | undefined): string | undefined {
  for (const member of members) {
    const id = isObject(member) ? asString(member.run_id) : undefined;
    // No address can name these two.
    if (id !== undefined && id !== '.' && id !== '..') return id;
  }
  const stem = stemOf(fileName);
  for (const pattern of NAMED) {
    const id = stem === undefined ? undefined : pattern.exec(stem)?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}

/** The id of a trace that says none: the same at every reading, another one for another recording. */
export function derivedRunId(fileName: string | undefined, first: JsonObject | undefined): string {
  return `trace-${contentId(`${stemOf(fileName) ?? ''}\n${first === undefined ? '' : JSON.stringify(first)}`)}`;
}

import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';

/** What tools call the file they work on, most telling first. */
const PATH_FIELDS = [
  'file_path',
  'filePath',
  'absolute_path',
  'notebook_path',
  'target_file',
  'path',
  'file',
  'filename',
];
const PATH_LISTS = ['paths', 'files', 'file_paths'];
const QUERY_FIELDS = ['query', 'pattern', 'q', 'regex', 'question', 'search_term', 'symbol', 'search'];
const PATCH_FIELDS = ['patch', 'input', 'diff'];

/** The files that a patch in the form of apply_patch names. */
const PATCHED = /^\*\*\* (?:Update File|Add File|Delete File|Move to): (.+)$/gm;

/** What a search looks for; undefined when its arguments do not say. */
export function queryIn(inputs: JsonValue | undefined): string | undefined {
  return isObject(inputs) ? textAt(inputs, QUERY_FIELDS) : undefined;
}

/** The files that a tool names as its arguments, as they are written there. */
export function namedPaths(inputs: JsonValue | undefined): string[] {
  if (!isObject(inputs)) return [];
  const one = textAt(inputs, PATH_FIELDS);
  const many = PATH_LISTS.flatMap((name) => (Object.hasOwn(inputs, name) ? textsOf(inputs[name]) : []));
  return one === undefined ? many : [one, ...many];
}

/** The files that an editing tool names: as a field, or in the lines of a patch. */
export function writtenPaths(inputs: JsonValue | undefined): string[] {
  const named = namedPaths(inputs);
  const patch = patchIn(inputs);
  return named.length > 0 || patch === undefined ? named : patched(patch);
}

/** The patch in the form of apply_patch that an editing tool is given. */
export function patchIn(inputs: JsonValue | undefined): string | undefined {
  if (typeof inputs === 'string') return inputs;
  return isObject(inputs) ? textAt(inputs, PATCH_FIELDS) : undefined;
}

/** The folder in which a call runs, where it says one. */
export function folderIn(inputs: JsonValue | undefined): string | undefined {
  return isObject(inputs) ? textAt(inputs, ['workdir', 'cwd', 'working_directory', 'directory']) : undefined;
}

/** The repository that a server's tool looks into: the same path in two of them is two files. */
export function repositoryIn(inputs: JsonValue | undefined): string | undefined {
  return isObject(inputs) ? textAt(inputs, ['repo', 'repository', 'repo_name']) : undefined;
}

/** The word by which a tool that reads and writes says which of the two it does. */
export function commandWordIn(inputs: JsonValue | undefined): string | undefined {
  return isObject(inputs) ? textAt(inputs, ['command']) : undefined;
}

function patched(text: string): string[] {
  return [...new Set([...text.matchAll(PATCHED)].map(([, path]) => path!.trim()))];
}

function textAt(inputs: JsonObject, names: readonly string[]): string | undefined {
  for (const name of names) {
    const found = Object.hasOwn(inputs, name) ? inputs[name] : undefined;
    if (typeof found === 'string' && found !== '') return found;
  }
  return undefined;
}

function textsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value)
    ? value.filter((item) => typeof item === 'string' && item !== '').map(String)
    : [];
}

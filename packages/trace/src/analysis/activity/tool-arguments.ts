import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ShellActivity } from '../shell-activity.ts';
import type { ShellCommand } from '../shell-commands.ts';

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

/** The files that a reading tool names, each once. */
export function readPaths(inputs: JsonValue | undefined): string[] {
  if (!isObject(inputs)) return [];
  const one = textAt(inputs, PATH_FIELDS);
  const many = PATH_LISTS.flatMap((name) => (Object.hasOwn(inputs, name) ? textsOf(inputs[name]) : []));
  return [...new Set(one === undefined ? many : [one, ...many])];
}

/** The files that an editing tool names: as a field, or in the lines of a patch. */
export function writtenPaths(inputs: JsonValue | undefined): string[] {
  if (typeof inputs === 'string') return patched(inputs);
  if (!isObject(inputs)) return [];
  const named = readPaths(inputs);
  if (named.length > 0) return named;
  const patch = textAt(inputs, PATCH_FIELDS);
  return patch === undefined ? [] : patched(patch);
}

/** Options of readers that take the next word. */
const VALUED: Record<string, readonly string[]> = {
  head: ['-n', '-c'],
  tail: ['-n', '-c'],
  bat: ['-r', '--line-range', '-l', '--language'],
  cut: ['-d', '-f', '-c', '-b'],
  awk: ['-F', '-v'],
  gawk: ['-F', '-v'],
  sed: ['-e', '-f'],
};
/** Readers whose first word is a program and no file. */
const PROGRAM_FIRST = new Set(['sed', 'awk', 'gawk', 'jq', 'yq']);

/** The files that a shell line reads by name. What only comes through a pipe has none. */
export function shellReadPaths(
  parts: readonly { command: ShellCommand; activity: ShellActivity }[],
): string[] {
  const found = parts.flatMap(({ command, activity }) => (activity === 'read' ? operandsOf(command) : []));
  return [...new Set(found)];
}

function operandsOf({ name, args }: ShellCommand): string[] {
  const valued = Object.hasOwn(VALUED, name) ? VALUED[name]! : [];
  const found: string[] = [];
  let program = PROGRAM_FIRST.has(name);
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    if (valued.includes(word)) {
      // `sed -e PROGRAM`: the program stands in the option, and every word that is left is a file.
      if (name === 'sed') program = false;
      at++;
    } else if (word.startsWith('-') || word === '') continue;
    else if (program) program = false;
    else found.push(word);
  }
  return found;
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

import { isObject, type JsonValue } from '../model/json.ts';
import type { Span } from '../model/span.ts';
import { toolKind } from '../model/tool-category.ts';
import { type ShellActivity, shellActivity } from './shell-activity.ts';
import { purposeOfTool, type ToolPurpose } from './tool-words.ts';

/** `cat, grep, find, diff, patch` are file operations by the seed's own table, wherever else they search. */
const BY_PROGRAM: Record<string, ToolPurpose> = {
  grep: 'file_operation',
  egrep: 'file_operation',
  fgrep: 'file_operation',
  fd: 'code_search',
  diff: 'file_operation',
  patch: 'file_operation',
};

const BY_ACTIVITY: Record<ShellActivity, ToolPurpose> = {
  test: 'verification',
  build: 'shell',
  check: 'verification',
  search: 'code_search',
  find: 'file_operation',
  read: 'file_operation',
  list: 'file_operation',
  edit: 'file_operation',
  history: 'code_generation',
  commit: 'code_generation',
  other: 'shell',
};

/** Which of a line's parts speaks for the call, most telling first. */
const TELLING: readonly ToolPurpose[] = ['verification', 'code_generation', 'code_search', 'file_operation'];

/** What a call was for: a shell's by the command it ran, every other's by the tool's name. */
export function purposeOf(span: Span): ToolPurpose {
  const name = toolNameOf(span);
  const byName = purposeOfName(name);
  if (byName !== 'shell') return byName;
  const line = commandIn(span.inputs);
  if (line === undefined) return 'shell';
  const purposes = shellActivity(line).parts.map(({ command, activity, filter }) =>
    // What only passes on is for what comes through it: `gh pr view | grep x` reads no file.
    (filter && activity === 'other') || !Object.hasOwn(BY_PROGRAM, command.name)
      ? BY_ACTIVITY[activity]
      : BY_PROGRAM[command.name]!,
  );
  return TELLING.find((purpose) => purposes.includes(purpose)) ?? 'shell';
}

/** What a tool is for by its name alone. */
export function purposeOfName(name: string): ToolPurpose {
  return purposeOfTool(name, toolKind(name).category);
}

export function toolNameOf(span: Span): string {
  return span.tool?.name ?? span.name;
}

/** The command line in a shell tool's input: `command` or `cmd`, as text or as a list of words. */
export function commandIn(inputs: JsonValue | undefined): string | undefined {
  if (typeof inputs === 'string') return inputs;
  const given = isObject(inputs) ? (inputs.command ?? inputs.cmd ?? inputs.keystrokes) : undefined;
  if (typeof given === 'string') return given;
  if (!Array.isArray(given)) return undefined;
  const words = given.filter((word) => typeof word === 'string');
  const script = words.findIndex((word) => /^-[a-z]*c$/.test(word));
  if (script > 0 && words[script + 1] !== undefined) return words[script + 1];
  return words
    .map((word) => (/^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}

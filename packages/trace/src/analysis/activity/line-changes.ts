import { asString, isObject, type JsonValue } from '../../model/json.ts';
import type { Span } from '../../model/span.ts';
import { patchIn } from './tool-arguments.ts';

/** Lines as a diff counts them: a changed line is one removed and one added. */
export type LineChange = { added: number; removed: number };

/** A replacement of one text by another, as an editor's arguments say it. */
export type Replacement = { old: string; new: string };

const OLD = ['old_string', 'old_str', 'old_text'];
const NEW = ['new_string', 'new_str', 'new_text', 'insert_text', 'new_source'];
const WHOLE = ['content', 'file_text', 'contents'];

/** The replacements that an edit's arguments ask for; none where it writes a whole file or a patch. */
export function replacementsIn(inputs: JsonValue | undefined): Replacement[] {
  if (!isObject(inputs)) return [];
  const edits = Array.isArray(inputs.edits) ? inputs.edits.filter(isObject) : [inputs];
  return edits.flatMap((edit) => {
    const [old, made] = [textAt(edit, OLD), textAt(edit, NEW)];
    return made === undefined && old === undefined ? [] : [{ old: old ?? '', new: made ?? '' }];
  });
}

/** The whole text that an edit writes into its file. */
export function wholeTextIn(inputs: JsonValue | undefined): string | undefined {
  return isObject(inputs) ? textAt(inputs, WHOLE) : undefined;
}

/**
 * The lines that an edit adds and removes: by the patch that the tool reports, else by its arguments. `before`: the
 * file's text, where it is known; '' for a file that is new. Undefined where nothing tells.
 */
export function lineChangeOf(span: Span, before: string | undefined): LineChange | undefined {
  const reported = isObject(span.outputs) ? patchLines(span.outputs.patch) : undefined;
  if (reported) return reported;
  const whole = wholeTextIn(span.inputs);
  if (whole !== undefined) return before === undefined ? undefined : changed({ old: before, new: whole });
  const replacements = replacementsIn(span.inputs);
  // One that replaces everywhere does it nobody knows how often.
  if (isObject(span.inputs) && span.inputs.replace_all === true) return undefined;
  if (replacements.length > 0) return sum(replacements.map(changed));
  const patch = patchIn(span.inputs);
  return patch === undefined ? undefined : patchText(patch);
}

/** Claude's `structuredPatch`: hunks with lines that begin `+`, `-` or a space. */
function patchLines(patch: JsonValue | undefined): LineChange | undefined {
  if (!Array.isArray(patch) || patch.length === 0) return undefined;
  const lines = patch.flatMap((hunk) => (isObject(hunk) && Array.isArray(hunk.lines) ? hunk.lines : []));
  return signed(lines.filter((line) => typeof line === 'string'));
}

function patchText(patch: string): LineChange | undefined {
  const lines = patch.split('\n').filter((line) => !/^(?:\+\+\+|---|\*\*\*) /.test(line));
  const change = signed(lines);
  return change.added + change.removed === 0 ? undefined : change;
}

function signed(lines: readonly string[]): LineChange {
  const change = { added: 0, removed: 0 };
  for (const line of lines) {
    if (line.startsWith('+')) change.added++;
    else if (line.startsWith('-')) change.removed++;
  }
  return change;
}

/** What stands between the lines that both begin and end with: no least difference, but never less than it. */
function changed({ old, new: made }: Replacement): LineChange {
  const [before, after] = [linesOf(old), linesOf(made)];
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  return { added: after.length - head - tail, removed: before.length - head - tail };
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function sum(changes: readonly LineChange[]): LineChange {
  return changes.reduce(
    (all, { added, removed }) => ({ added: all.added + added, removed: all.removed + removed }),
    {
      added: 0,
      removed: 0,
    },
  );
}

function textAt(
  value: { [key: string]: JsonValue | undefined },
  names: readonly string[],
): string | undefined {
  for (const name of names) {
    const found = Object.hasOwn(value, name) ? asText(value[name]) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function asText(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : asString(value);
}

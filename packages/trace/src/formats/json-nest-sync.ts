import { isJsonSpace } from './json-scan.ts';

/** An object or a list that is open. */
export type OpenFrame = {
  readonly object: boolean;
  /** The list's name; of an object, the list that it is an element of. */
  readonly name: string;
  /** Of a list: its objects are entered, or only handed out. */
  readonly entered: boolean;
  /** Indentation of the line on which it begins; -1 where that is not known. */
  readonly indent: number;
  /** Indentation of the first line that begins with a member or element of it; -1 while there is none. */
  inner: number;
  index: number;
  /** Of a list: the first key of its first object, by which others are recognised. */
  firstKey?: string;
  /** Of an object: the list in it that was entered last. */
  lastList?: string;
};

/** Where reading goes on, and how many frames stay open. */
export type Sync = { readonly at: number; readonly depth: number; readonly guessed?: true };

/**
 * Where reading can go on behind `from`: at a line that fits by its indentation, or at the next element where they stand on
 * one line. `behind` is where what is broken begins. Undefined also where more text must come (`ended`: none will) before it
 * can be told: the answer must not depend on the chunks.
 */
export function findSync(
  frames: readonly OpenFrame[],
  text: string,
  from: number,
  behind: number,
  ended: boolean,
): Sync | undefined {
  const LINE = /\n([ \t]*)(?=["{}\]])/g;
  LINE.lastIndex = from;
  let line: Sync | undefined;
  for (let found = LINE.exec(text); found && !line; found = LINE.exec(text)) {
    const at = found.index + found[0].length;
    const depth = fitting(frames, text, at, found[1]!.length);
    if (depth !== undefined) line = { at, depth };
  }
  const depth = frames.findLastIndex((frame) => !frame.object);
  const list = frames[depth];
  if (list === undefined || list.inner >= 0 || !list.entered) return line;
  const ELEMENT = /[,[]\s*(?=\{)/g;
  ELEMENT.lastIndex = Math.max(behind + 1, from - 2);
  for (let found = ELEMENT.exec(text); found; found = ELEMENT.exec(text)) {
    const at = found.index + found[0].length;
    if (line && line.at <= at) break;
    const inside = insideOf(text, at);
    const key = keyAt(text, inside);
    if (key === undefined && !ended && text.length - inside < LONGEST_KEY) return undefined;
    if (key && (list.firstKey ?? key.name) === key.name) return { at, depth: depth + 1, guessed: true };
  }
  return line;
}

/** A key that is longer is none: more text need not be waited for. */
const LONGEST_KEY = 1_000;

/** Where the first key of the object that begins at `at` stands, if it has one. */
function insideOf(text: string, at: number): number {
  let inside = at + 1;
  while (inside < text.length && isJsonSpace(text.charCodeAt(inside))) inside++;
  return inside;
}

/** How many frames stay open when reading goes on at a line of this indentation; undefined when it fits none. */
export function fitting(
  frames: readonly OpenFrame[],
  text: string,
  at: number,
  indent: number,
): number | undefined {
  const char = text[at]!;
  if (char === '"' && !keyAt(text, at)) return undefined;
  const depth = frames.findLastIndex(({ object, inner, indent: own }) => {
    if (char === '"') return object && inner === indent;
    if (char === '{') return !object && inner === indent;
    return object === (char === '}') && own === indent;
  });
  if (depth >= 0) return depth + 1;
  // The next document of a file that has one a line.
  const isNext = char === '{' && indent === 0 && frames[0]?.object !== false;
  return isNext && (frames[0]?.indent ?? 0) === 0 ? 0 : undefined;
}

/** The key at `at` and where its value may begin; undefined when there is none, or not all of it. */
export function keyAt(text: string, at: number): { name: string; end: number } | undefined {
  const KEY = /"((?:[^"\\\n]|\\.)*)"\s*:/y;
  KEY.lastIndex = Math.max(0, at);
  const found = at < 0 ? null : KEY.exec(text);
  if (found === null) return undefined;
  try {
    return { name: JSON.parse(`"${found[1]}"`) as string, end: at + found[0].length };
  } catch {
    return undefined;
  }
}

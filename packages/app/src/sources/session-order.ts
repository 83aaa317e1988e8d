import { basename, dirname, sep } from 'node:path';
import type { Format } from '@tacho/trace/formats/format';
import { parseTimestamp } from '@tacho/trace/model/time';

/** A file that was recognised and waits to be read. */
export type Recognised = {
  path: string;
  format: Format;
  size: number;
  modifiedMs: number;
  /** First time the file's head names; 0 when it names none. */
  firstUs: number;
};

/**
 * Formats of tools' sessions, and which files are of one session. A resumed or forked session repeats calls of an older one,
 * and so does a subagent's: whoever is read first owns them.
 */
const SESSIONS: Record<string, (path: string) => string> = {
  'claude-code': sessionKey,
  // Each thread has a file of its own, wherever it lies.
  codex: (path) => path,
  'gemini-cli': (path) => path,
};

/**
 * Brings files into the order in which they are to be read. Sessions come by their beginning, those of Claude Code each
 * followed by its subagents. All other files keep their place, before the sessions; continued trajectories follow what they
 * continue.
 */
export function inReadingOrder(files: readonly Recognised[]): Recognised[] {
  const others: Recognised[] = [];
  const sessions = new Map<string, Recognised[]>();
  for (const file of files) {
    const { name } = file.format;
    const keyOf = Object.hasOwn(SESSIONS, name) ? SESSIONS[name] : undefined;
    if (keyOf === undefined) {
      others.push(file);
      continue;
    }
    const key = keyOf(file.path);
    const group = sessions.get(key);
    if (group) group.push(file);
    else sessions.set(key, [file]);
  }
  const groups = [...sessions.values()].map((group) => group.sort(mainFirst));
  groups.sort((a, b) => beginning(a) - beginning(b) || a[0]!.modifiedMs - b[0]!.modifiedMs);
  return [...continuedInOrder(others), ...groups.flat()];
}

const CONTINUATION = /\.cont-(\d+)\.json/;

/** Parts of a trajectory in the places that they have, but in their order: by name, the first part comes last. */
function continuedInOrder(files: readonly Recognised[]): Recognised[] {
  const ordered = [...files];
  const folders = new Map<string, number[]>();
  for (const [at, file] of files.entries()) {
    if (file.format.name !== 'atif') continue;
    const folder = dirname(file.path);
    folders.set(folder, [...(folders.get(folder) ?? []), at]);
  }
  const partOf = (file: Recognised): number => Number(CONTINUATION.exec(file.path)?.[1] ?? 0);
  for (const places of folders.values()) {
    const parts = places.map((at) => files[at]!).sort((a, b) => partOf(a) - partOf(b));
    for (const [index, at] of places.entries()) ordered[at] = parts[index]!;
  }
  return ordered;
}

/** The session a transcript belongs to: the folder that holds `subagents`, or the file's own stem. */
export function sessionKey(path: string): string {
  const at = path.lastIndexOf(`${sep}subagents${sep}`);
  return at >= 0 ? path.slice(0, at) : path.replace(/\.jsonl(\.[^/\\]*)?$/, '');
}

function mainFirst(a: Recognised, b: Recognised): number {
  return depth(a) - depth(b) || a.firstUs - b.firstUs;
}

function depth(file: Recognised): number {
  const folder = basename(dirname(file.path));
  return basename(file.path).startsWith('agent-') || folder === 'subagents' ? 1 : 0;
}

function beginning(group: readonly Recognised[]): number {
  return group.find((file) => file.firstUs > 0)?.firstUs ?? Number.MAX_SAFE_INTEGER;
}

const TIME = /"(?:timestamp|ts)"\s*:\s*(?:"([^"]{10,40})"|([\d.]{10,20}))/;

/** The first time that stands in a text, in µs; 0 when there is none. */
export function firstTimeIn(text: string): number {
  const match = TIME.exec(text);
  return parseTimestamp(match?.[1] ?? match?.[2]) ?? 0;
}

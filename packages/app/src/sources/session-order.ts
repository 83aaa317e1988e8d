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
 * Brings files into the order in which they are to be read. Sessions of Claude Code come by their beginning, each
 * followed by its subagents: a resumed or forked session repeats calls of an older one, and whoever is read first owns
 * them. All other files keep their place, before the sessions.
 */
export function inReadingOrder(files: readonly Recognised[]): Recognised[] {
  const others = files.filter((file) => file.format.name !== 'claude-code');
  const sessions = new Map<string, Recognised[]>();
  for (const file of files) {
    if (file.format.name !== 'claude-code') continue;
    const key = sessionKey(file.path);
    const group = sessions.get(key);
    if (group) group.push(file);
    else sessions.set(key, [file]);
  }
  const groups = [...sessions.values()].map((group) => group.sort(mainFirst));
  groups.sort((a, b) => beginning(a) - beginning(b) || a[0]!.modifiedMs - b[0]!.modifiedMs);
  return [...others, ...groups.flat()];
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

import type { Dirent } from 'node:fs';
import { lstat, opendir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, parse, relative, sep } from 'node:path';
import { isDraft } from './drafts.ts';

/** Folders without anybody's logs, and often with very many files. */
export const SKIPPED_FOLDERS = new Set(['.git', '.hg', '.svn', 'node_modules', '__pycache__', '.venv']);

const DRAFT = 'a file that is being written: it gets its name when it is whole';

export type Candidate = { path: string; size: number; modifiedMs: number };
export type Skipped = { path: string; reason: string };

/**
 * All files in a folder (or the one file that was named), in an order that depends on names alone: a session's file
 * comes before the folder of the same name, older layouts' `agent-*` files come last.
 *
 * Links inside the folder are not followed: what they point to is found under its own name, so loops cannot occur.
 * Links out of the folder are skipped, and said; so are drafts of files that somebody is writing.
 */
export async function* walk(named: string, onSkipped: (skipped: Skipped) => void): AsyncGenerator<Candidate> {
  const root = await realpath(named);
  const first = await stat(root);
  if (first.isFile()) {
    yield { path: root, size: first.size, modifiedMs: first.mtimeMs };
    return;
  }
  if (!first.isDirectory()) {
    onSkipped({ path: named, reason: 'neither a file nor a folder' });
    return;
  }
  const stack = [root];
  for (let folder = stack.pop(); folder !== undefined; folder = stack.pop()) {
    // Folders stand on the stack with the files that follow them, so that names decide the order.
    const entry = await lstat(folder).catch(() => undefined);
    if (entry?.isFile()) {
      yield { path: folder, size: entry.size, modifiedMs: entry.mtimeMs };
      continue;
    }
    if (!entry?.isDirectory()) continue;
    const entries = await entriesOf(folder, onSkipped);
    for (const child of entries.sort(byReadingOrder).reverse()) {
      const path = join(folder, child.name);
      if (child.isFile() && isDraft(child.name)) onSkipped({ path, reason: DRAFT });
      else if (child.isSymbolicLink()) await judgeLink(root, path, onSkipped);
      else if (child.isFile() || (child.isDirectory() && !SKIPPED_FOLDERS.has(child.name))) stack.push(path);
    }
  }
}

async function entriesOf(folder: string, onSkipped: (skipped: Skipped) => void): Promise<Dirent[]> {
  try {
    const entries: Dirent[] = [];
    for await (const entry of await opendir(folder)) entries.push(entry);
    return entries;
  } catch (error) {
    onSkipped({ path: folder, reason: reasonOf(error) });
    return [];
  }
}

async function judgeLink(root: string, path: string, onSkipped: (skipped: Skipped) => void): Promise<void> {
  const target = await realpath(path).catch(() => undefined);
  if (target === undefined) onSkipped({ path, reason: 'a link that leads nowhere' });
  else if (!isInside(root, target)) onSkipped({ path, reason: `a link out of the folder, to ${target}` });
}

/** True for the folder itself and everything below it. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && parse(way).root === '');
}

function byReadingOrder(a: Dirent, b: Dirent): number {
  return (
    Number(a.name.startsWith('agent-')) - Number(b.name.startsWith('agent-')) ||
    compare(stem(a), stem(b)) ||
    Number(a.isDirectory()) - Number(b.isDirectory()) ||
    compare(a.name, b.name)
  );
}

function stem(entry: Dirent): string {
  return entry.isDirectory() ? entry.name : parse(entry.name).name;
}

/** By code units: the same on every machine, whatever its language. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Files that a recorder derives from others, and where those lie: reading both would count everything twice. */
const DERIVED: Record<string, readonly string[]> = {
  'trace.json': ['telemetry.jsonl'],
  'run_summary.json': ['telemetry.jsonl'],
  'instrumentation.json': ['telemetry.jsonl'],
  'instrumentation.md': ['telemetry.jsonl', 'instrumentation.json'],
  // A line a run: the newest run's stream is reached through the link beside it.
  'runs.jsonl': [join('latest', 'telemetry.jsonl')],
  'run_manifest.jsonl': [join('latest', 'telemetry.jsonl')],
};

/** The file beside or below it from which this one was made; undefined where there is none. */
export async function derivedFrom(path: string): Promise<string | undefined> {
  for (const name of DERIVED[parse(path).base] ?? [])
    if ((await stat(join(dirname(path), name)).catch(() => undefined))?.isFile()) return basename(name);
  return undefined;
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a folder',
  ELOOP: 'its links go round in a circle',
  EMFILE: 'too many files are open',
  EIO: 'the disk could not be read',
};

/** A file that was there a moment ago: whoever lists files and reads them later must expect that. */
export function isGone(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}

/** A system error as words a person knows. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return REASONS[code] ?? (error instanceof Error ? error.message : String(error));
}

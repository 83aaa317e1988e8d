/** A path that a program puts together, or a pattern: it names no file that anybody could know. */
const UNKNOWN = /[$*?`]/;
/** Not files, but channels. */
const DEVICE = /^\/(?:dev|proc)\//;
const WINDOWS = /^[A-Za-z]:[\\/]/;

/** A folder that paths start from; undefined when nobody said. */
export type Folder = string | undefined;

/**
 * The one name of a file: relative to the run's folder where it lies below it, absolute elsewhere, without `.`, `..` and
 * doubled slashes. So `./a`, `a` and `/home/me/project/a` are one file (of a run in `/home/me/project`). Undefined where
 * the text names no certain file: a pattern, a variable, a device.
 *
 * `from` is the folder that a relative path is in, where that is another than the run's.
 */
export function fileNamed(text: string, cwd: Folder, from: Folder = cwd): string | undefined {
  const path = slashed(text.trim());
  if (path === '' || path === '-' || UNKNOWN.test(path) || DEVICE.test(path)) return undefined;
  const whole = plainPath(isAbsolute(path) || from === undefined ? path : `${slashed(from)}/${path}`);
  if (cwd === undefined) return whole;
  const root = plainPath(slashed(cwd));
  return whole.startsWith(`${root}/`) ? whole.slice(root.length + 1) : whole;
}

/** Where `cd path` leads; undefined where nobody can know. */
export function folderAfter(path: string | undefined, from: Folder): Folder {
  if (path === undefined || path === '-' || UNKNOWN.test(path)) return path === undefined ? '~' : undefined;
  const way = slashed(path);
  return plainPath(isAbsolute(way) || from === undefined ? way : `${slashed(from)}/${way}`);
}

function slashed(path: string): string {
  return WINDOWS.test(path) || !path.includes('/') ? path.replaceAll('\\', '/') : path;
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || path.startsWith('~') || WINDOWS.test(path);
}

function plainPath(path: string): string {
  const kept: string[] = [];
  const rooted = path.startsWith('/');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    const last = kept.at(-1);
    if (part !== '..') kept.push(part);
    else if (last !== undefined && last !== '..' && last !== '~') kept.pop();
    else if (!rooted) kept.push(part);
  }
  return (rooted ? '/' : '') + kept.join('/') || (rooted ? '/' : '.');
}

import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those that it lies in. One by one: below a folder in which nothing can be made but which says so by
 * ENOENT (/proc), `recursive` of Node tries for ever.
 */
export function makeFolders(path: string): void {
  const missing: string[] = [];
  for (let folder = path; ; folder = dirname(folder)) {
    try {
      mkdirSync(folder);
      break;
    } catch (problem) {
      if (isFolder(folder)) break;
      const parent = dirname(folder);
      if ((problem as { code?: unknown }).code !== 'ENOENT' || parent === folder || isFolder(parent))
        throw problem;
      missing.push(folder);
    }
  }
  for (const folder of missing.reverse()) {
    try {
      mkdirSync(folder);
    } catch (problem) {
      // Another program made it meanwhile.
      if (!isFolder(folder)) throw problem;
    }
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

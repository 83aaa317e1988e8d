import { opendir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Trial, TrialFolders } from '../join/trial-folders.ts';
import { SKIPPED_FOLDERS } from '../walk.ts';

/** The seed's layout calls a trial's folder by its task, and it may hold logs without a result. */
const TASK_FOLDER = /^task[-_]/;

/**
 * The trials below a folder, or the folder itself where it is one, in the order of their names. What is at work has no
 * result yet, and is told to `onUnfinished`.
 */
export async function* trialsBelow(
  root: string,
  onUnfinished: (folder: string) => void = () => {},
): AsyncGenerator<Trial> {
  const folders = new TrialFolders();
  const waiting = [root];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const found = await folders.at(folder);
    if (found?.kind === 'trial') {
      if (found.trial.hasResult) yield found.trial;
      else onUnfinished(folder);
      continue;
    }
    if (TASK_FOLDER.test(basename(folder)) && folder !== root) {
      const runId = `${basename(dirname(folder))}__${basename(folder)}`;
      yield { folder, runId, hasResult: false, hasRewards: false, naive: false };
      continue;
    }
    waiting.push(...(await foldersIn(folder)));
  }
}

/** Last name first: they are taken from the end. */
async function foldersIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  const listing = await opendir(folder).catch(() => undefined);
  if (listing === undefined) return [];
  for await (const entry of listing)
    if (entry.isDirectory() && !SKIPPED_FOLDERS.has(entry.name)) names.push(entry.name);
  return names
    .sort()
    .reverse()
    .map((name) => join(folder, name));
}

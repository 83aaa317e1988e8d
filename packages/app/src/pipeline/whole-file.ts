import { open, rename, rm } from 'node:fs/promises';
import { draftOf } from '../sources/drafts.ts';

/** Writes beside `path` and moves into place: whoever opens it sees a whole file, the one before or this one. */
export async function writeWhole(path: string, pieces: Iterable<string>): Promise<void> {
  const draft = draftOf(path);
  try {
    const file = await open(draft, 'w');
    try {
      let waiting = '';
      for (const piece of pieces) {
        waiting += piece;
        if (waiting.length < 1 << 20) continue;
        await file.writeFile(waiting);
        waiting = '';
      }
      await file.writeFile(waiting);
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (problem) {
    await rm(draft, { force: true });
    throw problem;
  }
}

import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { draftOf } from '../sources/drafts.ts';

const PIECE_CHARACTERS = 1 << 20;

/** Writes beside `path` and moves into place: whoever opens it sees a whole file, the one before or this one. */
export async function writeWhole(path: string, pieces: Iterable<string>): Promise<void> {
  const draft = draftOf(path);
  try {
    const file = await open(draft, 'w');
    try {
      for (const piece of gathered(pieces)) await file.writeFile(piece);
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (problem) {
    await rm(draft, { force: true });
    throw problem;
  }
}

/** The same without a turn of the loop, for a process that does nothing else any more. */
export function writeWholeNow(path: string, pieces: Iterable<string>): void {
  const draft = draftOf(path);
  try {
    const file = openSync(draft, 'w');
    try {
      for (const piece of gathered(pieces)) writeFileSync(file, piece);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (problem) {
    rmSync(draft, { force: true });
    throw problem;
  }
}

function* gathered(pieces: Iterable<string>): Generator<string, void, undefined> {
  let waiting = '';
  for (const piece of pieces) {
    waiting += piece;
    if (waiting.length < PIECE_CHARACTERS) continue;
    yield waiting;
    waiting = '';
  }
  yield waiting;
}

import { open, rename, rm } from 'node:fs/promises';
import { draftOf } from '../sources/drafts.ts';
import { reasonOf } from '../sources/walk.ts';
import { CliError, EXIT } from './cli-error.ts';

/**
 * Writes chunks beside `file` and moves them into place: a file with the name is always a whole one. Returns the bytes
 * written. Throws CliError where the file cannot be written, and what the chunks throw.
 */
export async function saveFile(chunks: AsyncIterable<Uint8Array>, file: string): Promise<number> {
  const draft = draftOf(file);
  const handle = await open(draft, 'w').catch((error: unknown) => {
    throw new CliError(EXIT.environment, `${file} cannot be written: ${reasonOf(error)}.`);
  });
  let written = 0;
  try {
    for await (const chunk of chunks) {
      await handle.writeFile(chunk);
      written += chunk.length;
    }
    await handle.close();
    await rename(draft, file).catch((error: unknown) => {
      throw new CliError(EXIT.environment, `${file} cannot be written: ${reasonOf(error)}.`);
    });
    return written;
  } catch (error) {
    await handle.close();
    await rm(draft, { force: true });
    throw error;
  }
}

import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ArchiveError, isZip, type LeftOut, unpackZip } from './unpack-zip.ts';
import { type Candidate, walk } from './walk.ts';

/** Zip archives among the files of an import: unpacked beside each other, and known by their own names. */
export class Archives {
  #folder: string | undefined;
  /** Folder of an unpacked archive → the archive, as people know it. */
  readonly #shown = new Map<string, string>();

  /** The files of an archive, which is known by its name and its first bytes; every other file is itself. */
  async *expand(candidate: Candidate, onLeftOut: (left: LeftOut) => void): AsyncGenerator<Candidate> {
    // To open every file for its first bytes would take longer than to read the small ones.
    if (!/\.zip$/i.test(candidate.path) || !(await looksLikeZip(candidate.path))) yield candidate;
    else yield* this.#unpacked(candidate.path, candidate.path, onLeftOut);
  }

  /** The files of an archive that comes as bytes. */
  async *expandBytes(
    bytes: AsyncIterable<Uint8Array>,
    shownAs: string,
    onLeftOut: (left: LeftOut) => void,
  ): AsyncGenerator<Candidate> {
    const file = join(await this.#place(), 'archive.zip');
    await pipeline(Readable.from(bytes), createWriteStream(file));
    yield* this.#unpacked(file, shownAs, onLeftOut);
  }

  /** The path by which people know a file: `logs.zip/run/telemetry.jsonl` for one that was unpacked. */
  shown(path: string): string {
    if (this.#folder === undefined || !path.startsWith(this.#folder)) return path;
    for (const [folder, archive] of this.#shown)
      if (path.startsWith(folder)) return archive + path.slice(folder.length).replaceAll('\\', '/');
    return path;
  }

  /** Removes what was unpacked. */
  async close(): Promise<void> {
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  async *#unpacked(
    path: string,
    shownAs: string,
    onLeftOut: (left: LeftOut) => void,
  ): AsyncGenerator<Candidate> {
    const folder = join(await this.#place(), 'files');
    await mkdir(folder);
    this.#shown.set(folder, shownAs);
    const skip = ({ path: name, ...why }: LeftOut): void =>
      onLeftOut({ path: name === '' ? shownAs : `${shownAs}/${name}`, ...why });
    try {
      await unpackZip(path, folder, skip);
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      onLeftOut({ path: shownAs, reason: error.message, damaged: true });
      return;
    }
    yield* walk(folder, ({ path: found, reason }) => onLeftOut({ path: this.shown(found), reason }));
  }

  /** An empty folder for one archive. */
  async #place(): Promise<string> {
    this.#folder ??= await mkdtemp(join(tmpdir(), 'tacho-archives-'));
    return mkdtemp(join(this.#folder, 'zip-'));
  }
}

async function looksLikeZip(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (!file) return false;
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return isZip(buffer);
  } finally {
    await file.close();
  }
}

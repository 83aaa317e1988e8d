import { createWriteStream } from 'node:fs';
import { mkdir, rm, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import yauzl, { type Entry, type ZipFile } from 'yauzl';
import { reasonOf, SKIPPED_FOLDERS, type Skipped } from './walk.ts';

/** What an archive may take on disk when it is unpacked, and how many files: more is a bomb, or no folder of logs. */
export type ArchiveLimits = { readonly bytes: number; readonly files: number };

const LIMITS: ArchiveLimits = { bytes: 32 * 1024 ** 3, files: 200_000 };

const FILE_TYPE = 0o170000;
const SYMBOLIC_LINK = 0o120000;

/** A file of an archive that is not there to be read: on purpose, or because it is damaged. */
export type LeftOut = Skipped & { readonly damaged?: true };

/** An archive cannot be unpacked: it is none, or damaged at its end, where its list of files stands. */
export class ArchiveError extends Error {
  constructor(reason: string) {
    super(`the zip archive cannot be opened: ${reason}`);
    this.name = 'ArchiveError';
  }
}

/** True for the first bytes of a zip archive that has files. */
export function isZip(head: Uint8Array): boolean {
  return head[0] === 0x50 && head[1] === 0x4b && head[2] === 3 && head[3] === 4;
}

/**
 * Writes the files of a zip archive below `folder`, with the times they have in the archive, so that what belongs
 * together can be found as in any folder. Nothing is written outside of `folder`; links, encrypted and damaged files are
 * left out and told. Throws ArchiveError when the archive has no readable list of files.
 */
export async function unpackZip(
  path: string,
  folder: string,
  onLeftOut: (left: LeftOut) => void,
  limits: ArchiveLimits = LIMITS,
): Promise<void> {
  const zip = await yauzl
    .openPromise(path, {
      lazyEntries: true,
      decodeStrings: false,
      validateEntrySizes: true,
      autoClose: false,
    })
    .catch((error: unknown) => {
      throw new ArchiveError(reasonOf(error));
    });
  const room = { ...limits };
  try {
    for await (const entry of zip.eachEntry()) {
      const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry;
      const name = yauzl.getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
      const reason = reasonToSkip(name, entry) ?? roomFor(entry, room);
      if (reason === undefined) await unpackEntry(zip, entry, join(folder, name), name, onLeftOut);
      else if (reason !== '') onLeftOut({ path: name, reason });
    }
  } catch (error) {
    onLeftOut({
      path: '',
      reason: `the rest of the archive cannot be read: ${reasonOf(error)}`,
      damaged: true,
    });
  } finally {
    zip.close();
  }
}

/** Why an entry is left out; '' for what nobody misses. */
function reasonToSkip(name: string, entry: Entry): string | undefined {
  if (yauzl.validateFileName(name) !== null) return 'its name leads out of the archive';
  if (name.endsWith('/')) return '';
  if (name.split('/').some((step) => SKIPPED_FOLDERS.has(step) || step === '__MACOSX')) return '';
  if (((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMBOLIC_LINK) return 'a link in an archive';
  if (entry.isEncrypted()) return 'it is encrypted; unpack it with its password first';
  return undefined;
}

function roomFor(entry: Entry, room: { bytes: number; files: number }): string | undefined {
  room.files--;
  room.bytes -= entry.uncompressedSize;
  if (room.files < 0) return 'the archive has too many files: unpack it and import the folder';
  return room.bytes < 0
    ? 'the archive is too large when unpacked: unpack it and import the folder'
    : undefined;
}

async function unpackEntry(
  zip: ZipFile,
  entry: Entry,
  target: string,
  name: string,
  onLeftOut: (left: LeftOut) => void,
): Promise<void> {
  try {
    await mkdir(dirname(target), { recursive: true });
    // Never over a file that is there: two entries may have one name.
    await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target, { flags: 'wx' }));
    const modified = entry.getLastModDate();
    await utimes(target, modified, modified);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      onLeftOut({ path: name, reason: 'a file of this name is in the archive twice' });
      return;
    }
    // What came before the damage stays, and is read.
    if ((await stat(target).catch(() => undefined))?.size === 0) await rm(target);
    onLeftOut({ path: name, reason: `damaged in the archive: ${reasonOf(error)}`, damaged: true });
  }
}

import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Platform, RunFolder } from '../platform.ts';
import { makeFolders } from './make-folders.ts';
import { writeRunArtifacts } from './run-artifacts.ts';
import { RunFile } from './run-file.ts';

/** More runs of one task in one second than this have their ids from somewhere else. */
const MAX_SUFFIX = 10_000;

/** Makes `<root>/<runId>` for this run alone, and points `<root>/latest` to it. Never throws: trouble shows when it is written. */
export function openRunFolder(
  root: string,
  wanted: string,
  tell: Platform['tell'],
  later: Platform['later'],
): RunFolder {
  const absolute = resolve(root);
  const runId = claim(absolute, fileName(wanted));
  const path = join(absolute, runId);
  pointLatest(absolute, runId);
  const file = new RunFile(path, tell, later);
  return {
    runId,
    path,
    write: (lines) => file.write(lines),
    flush: () => file.flush(),
    close: () => file.close(),
    writeArtifacts() {
      file.finish();
      try {
        writeRunArtifacts(absolute, path, runId);
      } catch (problem) {
        tell(`run_summary.json and trace.json of ${path} could not be written (${String(problem)}).`);
      }
    },
  };
}

/**
 * The folder of a run that another process records. Each line names the run: of these lines the file need not be the
 * run's alone. Every write is whole lines to a file opened for appending, so the lines of both stay whole.
 */
export function joinRunFolder(
  folder: string,
  runId: string,
  tell: Platform['tell'],
  later: Platform['later'],
): RunFolder {
  const path = resolve(folder);
  const file = new RunFile(path, tell, later);
  const prefix = `{"run_id":${JSON.stringify(runId)},`;
  return {
    runId,
    path,
    // A replacement text would read `$` as a reference, and an id may hold one.
    write: (lines) => file.write(lines.replace(/^\{/gm, () => prefix)),
    flush: () => file.flush(),
    close: () => file.close(),
    writeArtifacts() {},
  };
}

/** File systems take 255 bytes for a name, and a suffix and the link's own name need some of them. */
const MOST_NAME_BYTES = 200;

/** The id as the name of one folder: nothing that leaves `root`, hides, or that a file system refuses. */
function fileName(runId: string): string {
  const name = shortened(
    runId
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are no part of a file name
      .replace(/[/\\:*?"<>|\u0000-\u001f]+/g, '-')
      .replace(/^\.+/, ''),
  );
  return name === '' || name === 'latest' ? 'run' : name;
}

/** What fits, not cut inside a character. Half a surrogate pair would come back as another name. */
function shortened(name: string): string {
  const bytes = Buffer.from(name, 'utf8');
  if (bytes.length <= MOST_NAME_BYTES) return bytes.toString('utf8');
  let end = MOST_NAME_BYTES;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.toString('utf8', 0, end);
}

/** The first free name. The folder itself is the claim: of two processes only one can make it. */
function claim(root: string, wanted: string): string {
  try {
    makeFolders(root);
    for (let suffix = 1; suffix < MAX_SUFFIX; suffix++) {
      const name = suffix === 1 ? wanted : `${wanted}-${suffix}`;
      try {
        mkdirSync(join(root, name));
        return name;
      } catch (problem) {
        if ((problem as { code?: unknown }).code !== 'EEXIST') throw problem;
      }
    }
  } catch {
    // A read-only or full disk: the file tries again, and says what is wrong.
  }
  return wanted;
}

/** A link that is renamed into its place, so that it always points somewhere; a text file where links are not allowed. */
function pointLatest(root: string, runId: string): void {
  const latest = join(root, 'latest');
  const next = join(root, `.latest-${process.pid}-${runId}`);
  for (const make of [() => symlinkSync(runId, next, 'dir'), () => writeFileSync(next, `${runId}\n`)]) {
    try {
      make();
      renameSync(next, latest);
      return;
    } catch {
      discard(next);
    }
  }
}

function discard(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // The root itself cannot be written.
  }
}

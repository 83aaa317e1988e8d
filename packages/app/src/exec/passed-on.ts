import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmdirSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { ByteTail } from './byte-tail.ts';

/** How long bytes that are still in the pipe may take once the command has ended, before it is clear that somebody holds it open. */
const DRAIN_MS = 100;

/** An output that goes through this process on its way, byte for byte, and leaves its end here. */
export interface PassedOn {
  /** What the command gets as its output. Closed by `begin`. */
  readonly fd: number;
  readonly tail: ByteTail;
  /** Bytes that went through. */
  readonly count: number;
  /** The command has started and has the descriptor. */
  begin(): void;
  /** The command has ended: resolves when everything is passed on, or somebody else passes the rest on. */
  finish(): Promise<void>;
}

/** Passes on what comes out of a pipe. `toFd` is the descriptor behind `to`. */
export function passOn(ends: PipeEnds, to: Writable, toFd: 1 | 2, tailBytes: number): PassedOn {
  const source = new Socket({ fd: ends.read, readable: true, writable: false });
  const tail = new ByteTail(tailBytes);
  let count = 0;
  let ended = false;
  const over = new Promise<void>((resolve) => {
    source.once('close', () => {
      ended = true;
      resolve();
    });
  });
  source.on('error', () => source.destroy());
  source.pause();
  source.on('data', (piece: Buffer) => {
    count += piece.length;
    tail.add(piece);
    // Whoever reads slowly slows the command down, as without us.
    if (!to.write(piece)) {
      source.pause();
      to.once('drain', () => source.resume());
    }
  });
  // Whoever reads has gone: the command hears of it at its next write, as without us.
  const onGone = (): void => void source.destroy();
  to.on('error', onGone);
  to.on('close', onGone);
  return {
    fd: ends.write,
    tail,
    get count() {
      return count;
    },
    begin() {
      closeSync(ends.write);
      source.resume();
    },
    async finish() {
      await Promise.race([over, drained(() => count)]);
      // A process left behind still has the output: as without us, its bytes arrive, and nobody waits for it.
      if (!ended) await handOver(source, ends.read, to, toFd);
      await flushed(to);
      to.off('error', onGone);
      to.off('close', onGone);
    },
  };
}

/** Whatever still comes goes on through a process of its own, behind what was read here. */
async function handOver(source: Socket, from: number, to: Writable, toFd: 1 | 2): Promise<void> {
  source.pause();
  do {
    while (source.read() !== null);
    await flushed(to);
  } while (source.readableLength > 0);
  if (source.destroyed) return;
  const stdio = toFd === 1 ? [from, 1, 'ignore'] : [from, 2, 'ignore'];
  const cat = spawn('cat', { stdio: stdio as [number, number, 'ignore'], detached: true });
  cat.on('error', () => {});
  cat.unref();
  source.destroy();
}

async function flushed(to: Writable): Promise<void> {
  if (to.writableLength === 0 || !to.writable) return;
  await new Promise<void>((resolve) => {
    to.write('', () => resolve());
    to.once('close', () => resolve());
  });
}

/** Resolves when for a while nothing more came. */
async function drained(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); ) {
    before = count();
    // The pipe itself keeps the process alive; this must not, once everything is through.
    await new Promise((wake) => setTimeout(wake, DRAIN_MS).unref());
  }
}

/** Descriptors of a pipe's two ends. */
export type PipeEnds = { readonly read: number; readonly write: number };

/**
 * Node's own pipes to children are sockets, which a program cannot open again as /dev/stdout. So these are FIFOs of the file
 * system, without a name once both ends are open: pipes like those that they stand in for. None where they cannot be made.
 */
export async function openPipes(count: number): Promise<PipeEnds[]> {
  if (count === 0) return [];
  const opened: number[] = [];
  let folder: string | undefined;
  let paths: string[] = [];
  try {
    folder = mkdtempSync(join(tmpdir(), 'tacho-exec-'));
    paths = Array.from({ length: count }, (_, number) => join(folder!, String(number)));
    // One program for all of them: to start it takes longer than all the rest here.
    const [code] = await once(spawn('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' }), 'exit');
    if (code !== 0) return [];
    return paths.map((path) => {
      // The reading end first, and without waiting for a writer; then there is a reader for the writing end.
      const read = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      opened.push(read);
      const write = openSync(path, constants.O_WRONLY);
      opened.push(write);
      return { read, write };
    });
  } catch {
    for (const fd of opened) closeSync(fd);
    return [];
  } finally {
    for (const path of paths) quietly(unlinkSync, path);
    if (folder !== undefined) quietly(rmdirSync, folder);
  }
}

/** One by one, and not by `rmSync`: to find out what a folder holds takes it longer than all of this. */
function quietly(remove: (path: string) => void, path: string): void {
  try {
    remove(path);
  } catch {
    // It was never made.
  }
}

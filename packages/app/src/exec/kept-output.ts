import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { Writable } from 'node:stream';
import { textOfTail } from './byte-tail.ts';
import { openPipes, type PassedOn, type PipeEnds, passOn } from './passed-on.ts';

/** Enough for what a program says when it fails, and little in a record. */
const TAIL_BYTES = 8 * 1024;

/** What a command printed last; undefined for an output whose end cannot be had. */
export type OutputTails = { output?: string; error?: string };

/** The outputs of a command on their way, and what is kept of them. */
export interface KeptOutput {
  readonly stdio: readonly ['inherit', number | 'inherit', number | 'inherit'];
  /** The command was started, or could not be. */
  begin(): void;
  /** The command has ended: resolves when everything it wrote has arrived. */
  finish(): Promise<OutputTails>;
}

type Kept = {
  fd: number | 'inherit';
  begin(): void;
  finish(): Promise<void>;
  tail(): string | undefined;
};

const NOTHING: Kept = { fd: 'inherit', begin() {}, async finish() {}, tail: () => undefined };

/**
 * The ends of what a command prints, without changing what it prints to. A terminal stays the command's own, and nothing is
 * kept; a file too, and it is read afterwards; a pipe becomes a pipe through this process. Both outputs into one pipe stay
 * one pipe, so that their order stays.
 */
export async function keepOutput(outputs: { stdout: Writable; stderr: Writable }): Promise<KeptOutput> {
  const [input, output, error] = [0, 1, 2].map(factsOf);
  const together = same(output, error);
  // Where input and output are one socket, the command talks with somebody: that stays between the two.
  const [forOutput, forError] = [isPipe(output) && !same(input, output), isPipe(error) && !together];
  const pipes = await openPipes(Number(forOutput) + Number(forError));
  const first = keep(output, 1, outputs.stdout, forOutput ? pipes.shift() : undefined);
  const second = together
    ? { ...NOTHING, fd: first.fd }
    : keep(error, 2, outputs.stderr, forError ? pipes.shift() : undefined);
  return {
    stdio: ['inherit', first.fd, second.fd],
    begin() {
      first.begin();
      second.begin();
    },
    async finish() {
      await Promise.all([first.finish(), second.finish()]);
      const tails: OutputTails = {};
      const [of, ofError] = [first.tail(), second.tail()];
      if (of !== undefined && of !== '') tails.output = of;
      if (ofError !== undefined && ofError !== '') tails.error = ofError;
      return tails;
    },
  };
}

function factsOf(fd: number): Stats | undefined {
  try {
    return fstatSync(fd);
  } catch {
    return undefined;
  }
}

function same(one: Stats | undefined, other: Stats | undefined): boolean {
  return one !== undefined && other !== undefined && one.dev === other.dev && one.ino === other.ino;
}

function isPipe(facts: Stats | undefined): boolean {
  return facts?.isFIFO() === true || facts?.isSocket() === true;
}

function keep(facts: Stats | undefined, fd: 1 | 2, to: Writable, pipe: PipeEnds | undefined): Kept {
  if (facts?.isFile()) return keepOfFile(fd, facts.size);
  return pipe === undefined ? NOTHING : keepOfPipe(passOn(pipe, to, fd, TAIL_BYTES));
}

function keepOfPipe(passed: PassedOn): Kept {
  return {
    fd: passed.fd,
    begin: () => passed.begin(),
    finish: () => passed.finish(),
    tail: () => {
      const bytes = passed.tail.bytes();
      return textOfTail(bytes, passed.count > bytes.length);
    },
  };
}

/** What stands in the file behind what stood there before. */
function keepOfFile(fd: number, sizeBefore: number): Kept {
  return {
    ...NOTHING,
    tail() {
      const bytes = endOfFile(fd, sizeBefore);
      return bytes === undefined ? undefined : textOfTail(bytes.end, bytes.cut);
    },
  };
}

/** The descriptor itself may only write. Linux opens what it leads to once more; other systems do not. */
function endOfFile(fd: number, from: number): { end: Uint8Array; cut: boolean } | undefined {
  if (process.platform !== 'linux') return undefined;
  let file: number | undefined;
  try {
    file = openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY);
    const { size } = fstatSync(file);
    const start = Math.max(from, size - TAIL_BYTES);
    const end = Buffer.alloc(Math.max(0, size - start));
    const count = readSync(file, end, 0, end.length, start);
    return { end: end.subarray(0, count), cut: start > from };
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

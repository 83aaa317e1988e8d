import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Why a program cannot be started, as the system would say it of `exec`: where a shell starts the program in our place, the
 * shell says it in words of its own, among what the program prints. Undefined where nothing speaks against it.
 */
export function whyNotStarted(
  program: string,
  env: Environment,
  cwd = process.cwd(),
): NodeJS.ErrnoException | undefined {
  const paths = program.includes('/')
    ? [program]
    : env.PATH?.split(':').map((folder) => `${folder || '.'}/${program}`);
  // Without a PATH each shell has one of its own.
  if (paths === undefined) return undefined;
  let code: Refusal = 'ENOENT';
  for (const path of paths) {
    const refusal = refusalOf(resolve(cwd, path));
    if (refusal === undefined) return undefined;
    if (refusal === 'EACCES') code = refusal;
  }
  return Object.assign(new Error(`spawn ${program} ${code}`), { code });
}

type Refusal = 'ENOENT' | 'EACCES';

function refusalOf(path: string): Refusal | undefined {
  try {
    if (!statSync(path).isFile()) return 'EACCES';
    accessSync(path, constants.X_OK);
    const interpreter = interpreterOf(path);
    if (interpreter !== undefined) statSync(interpreter);
    return undefined;
  } catch (problem) {
    return (problem as NodeJS.ErrnoException).code === 'EACCES' ? 'EACCES' : 'ENOENT';
  }
}

/** What a script names in its first line. */
function interpreterOf(path: string): string | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    // It may be run and not read.
    return undefined;
  }
  try {
    const start = Buffer.alloc(256);
    const text = start.toString('latin1', 0, readSync(file, start));
    return /^#![ \t]*([^\s\0]+)/.exec(text)?.[1];
  } finally {
    closeSync(file);
  }
}

import picocolors from 'picocolors';
import type { Io } from '../io.ts';

export type Colours = ReturnType<typeof picocolors.createColors>;

/** Colours on a terminal only; FORCE_COLOR and NO_COLOR (https://no-color.org) win. */
export function coloursFor(io: Pick<Io, 'env' | 'interactive'>): Colours {
  return picocolors.createColors(wantsColours(io.env, io.interactive));
}

export function wantsColours(
  environment: Readonly<Record<string, string | undefined>>,
  interactive: boolean,
): boolean {
  const { FORCE_COLOR: force, NO_COLOR: none, TERM: terminal } = environment;
  if (none) return false;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  return interactive && terminal !== 'dumb';
}

import { nowUs } from '@tacho/trace/model/time';
import { useSyncExternalStore } from 'react';
import { atom } from './atom.ts';

/** Server clock minus this browser's, in µs. */
export const clockOffsetUs = atom(0);

let heldAtUs: number | undefined;

/**
 * Stops the clock while the server cannot be heard, or lets it go on. Nothing is known of that time: bars that grew
 * through it, and stalls found in its silence, would be made up.
 */
export function holdClock(hold: boolean): void {
  heldAtUs = hold ? (heldAtUs ?? serverNowUs()) : undefined;
}

/** Now, by the server's clock: what live bars and elapsed times run on. */
export function serverNowUs(): number {
  return heldAtUs ?? nowUs() + clockOffsetUs.get();
}

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let tick = serverNowUs();

/** Four times a second: a clock in whole seconds then is never more than a quarter late. */
const TICK_MS = 250;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    tick = serverNowUs();
    for (const wake of listeners) wake();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

const still = (): (() => void) => () => {};

/** The server's now, ticking while `running`; standing still otherwise. */
export function useNow(running: boolean): number {
  return useSyncExternalStore(running ? subscribe : still, () => tick);
}

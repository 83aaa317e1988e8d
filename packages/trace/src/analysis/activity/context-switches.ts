import type { FileAccess } from './navigation.ts';

/** Switches closer together than this are rapid; more than so many rapid ones are thrashing (both from the seed). */
export const RAPID_US = 30_000_000;
const MOST_RAPID = 5;

export type ContextSwitch = { atUs: number; from: string; to: string };
export type ContextSwitching = {
  switches: readonly ContextSwitch[];
  /** Switches less than 30 s after the one before. */
  rapid: number;
  thrashing: boolean;
};

/** The moves from one file to another in a timeline that is in order of time. */
export function contextSwitchingOf(timeline: readonly FileAccess[]): ContextSwitching {
  const switches: ContextSwitch[] = [];
  let rapid = 0;
  timeline.forEach(({ atUs, file }, at) => {
    const from = timeline[at - 1]?.file;
    if (from === undefined || from === file) return;
    const last = switches.at(-1);
    if (last !== undefined && atUs - last.atUs < RAPID_US) rapid++;
    switches.push({ atUs, from, to: file });
  });
  return { switches, rapid, thrashing: rapid > MOST_RAPID };
}

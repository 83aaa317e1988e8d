import type { FileAccess } from './navigation.ts';

/** Switches closer together than this are rapid; more than so many rapid ones are thrashing (both from the seed). */
export const RAPID_US = 30_000_000;
const MOST_RAPID = 5;

export type ContextSwitch = {
  atUs: number;
  from: string;
  to: string;
  /** What the agent went there for. */
  reason: FileAccess['action'];
  /** It wrote the file before it left it. */
  productive: boolean;
};
export type ContextSwitching = {
  switches: readonly ContextSwitch[];
  /** Switches less than 30 s after the same agent's one before. */
  rapid: number;
  thrashing: boolean;
};

/** Each agent's moves from one file to another, in a timeline that is in order of time. */
export function contextSwitchingOf(timeline: readonly FileAccess[]): ContextSwitching {
  const switches: ContextSwitch[] = [];
  const places = new Map<number, { file: string; last: ContextSwitch | undefined }>();
  let rapid = 0;
  for (const { atUs, file, action, scope } of timeline) {
    const place = places.get(scope);
    if (place === undefined) places.set(scope, { file, last: undefined });
    else if (place.file === file) {
      if (action !== 'read' && place.last) place.last.productive = true;
    } else {
      if (place.last !== undefined && atUs - place.last.atUs < RAPID_US) rapid++;
      place.last = { atUs, from: place.file, to: file, reason: action, productive: action !== 'read' };
      place.file = file;
      switches.push(place.last);
    }
  }
  return { switches, rapid, thrashing: rapid > MOST_RAPID };
}

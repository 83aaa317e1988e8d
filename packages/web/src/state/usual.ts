import type { UsualTime } from '@tacho/trace/model/usual-time';
import { fetchUsual } from '../api/client.ts';

/** What is usual changes slowly. */
const KEPT_MS = 5 * 60_000;

let known: readonly UsualTime[] = [];
let askedMs = Number.NEGATIVE_INFINITY;

/** How long calls took in earlier runs, as far as it is known by now: asked of the server once in a while. */
export function usualTimes(): readonly UsualTime[] {
  if (performance.now() - askedMs > KEPT_MS) {
    askedMs = performance.now();
    fetchUsual().then(
      (times) => {
        known = times;
      },
      // Without it silences are compared within the run.
      () => {},
    );
  }
  return known;
}

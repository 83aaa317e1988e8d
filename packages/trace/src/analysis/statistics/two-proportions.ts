import type { Share } from './newcombe.ts';
import { normalTail } from './normal.ts';

/** The pooled z test of two independent shares, two-sided. A large-sample test: for comparison with other programs. */
export function pooledZ(first: Share, second: Share): { z: number; p: number } {
  const pooled = (first.successes + second.successes) / (first.total + second.total);
  const away = first.successes / first.total - second.successes / second.total;
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / first.total + 1 / second.total));
  const z = error === 0 ? 0 : away / error;
  return { z, p: Math.min(1, 2 * normalTail(Math.abs(z))) };
}

/** Cohen's h (1988): how far two shares are apart on a scale on which all differences are as easy to see. */
export function cohensH(first: number, second: number): number {
  return 2 * (Math.asin(Math.sqrt(first)) - Math.asin(Math.sqrt(second)));
}

/** A task's trials, and how many of them succeeded. */
export type Trials = { readonly trials: number; readonly successes: number };

/**
 * pass@k of a task: the chance that at least one of k trials succeeds, estimated without bias from n ≥ k (Chen et al. 2021,
 * arXiv 2107.03374). 0 to 1; NaN where fewer than k trials were made.
 */
export function passAtK({ trials, successes }: Trials, k: number): number {
  if (trials < k) return Number.NaN;
  return 1 - chosenShare(trials - successes, trials, k);
}

/** pass^k of a task: the chance that all of k trials succeed (Yao et al. 2024, arXiv 2406.12045). */
export function passHatK({ trials, successes }: Trials, k: number): number {
  if (trials < k) return Number.NaN;
  return chosenShare(successes, trials, k);
}

/** C(part, k) / C(all, k), factor by factor: nothing overflows. */
function chosenShare(part: number, all: number, k: number): number {
  if (part < k) return 0;
  let share = 1;
  for (let at = 0; at < k; at++) share *= (part - at) / (all - at);
  return share;
}

/** Two ends, the lower one first. */
export type Interval = { readonly lower: number; readonly upper: number };

/** Share of intervals that hold the true value, in the long run; what is not said otherwise. */
export const CONFIDENCE = 0.95;

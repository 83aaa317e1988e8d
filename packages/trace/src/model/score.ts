/** A judgement: of the run, of one of its rounds, of one dimension of quality, or of a single span. */
export type Score = {
  name: string;
  value: number | null;
  max?: number;
  label?: string;
  /** `r1`, `r2` …: the round of revision that was judged. */
  round?: string;
  /** relevance, completeness, depth, specificity, structure … */
  dimension?: string;
  spanId?: string;
  source?: string;
  comment?: string;
};

/** Two scores with the same key are the same judgement; the later one stands. */
export function scoreKey(score: Score): string {
  return [score.name, score.round, score.dimension, score.spanId, score.source]
    .map((part) => part ?? '')
    .join('\u0000');
}

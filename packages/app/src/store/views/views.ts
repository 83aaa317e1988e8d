/** The views that a person's own query may use: each is a file of this folder. docs/query.md lists their columns. */
export const VIEWS = ['tacho_runs', 'tacho_spans', 'tacho_scores'] as const;
export type ViewName = (typeof VIEWS)[number];

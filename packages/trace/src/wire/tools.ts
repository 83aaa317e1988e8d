/** What many runs made of one tool. Times in µs; null: no call of it came to an end. */
export type ToolFigures = {
  tool: string;
  /** Runs that called it. */
  runs: number;
  /** All calls, the failed and the unfinished among them. */
  calls: number;
  /** Calls that ended in an error, and their share of all. */
  errors: number;
  errorRate: number;
  cancelled: number;
  /** Calls without an end: at work, or torn off. The times leave them out. */
  open: number;
  medianUs: number | null;
  p95Us: number | null;
  maxUs: number | null;
};

/** Of `total` tools the most used. */
export type ToolList = { total: number; tools: ToolFigures[] };

/** Answer to `GET /api/tools`. The category is the one that the tool's name tells: many runs are not read call by call. */
export type ToolsAnswer = { total: number; tools: (ToolFigures & { category: string })[] };

import type { RunHeader } from './run.ts';

/** Worth of a run for its time and money. Values of different kinds are not comparable: the kind is always shown. */
export type Leverage = { value: number; kind: 'tac' | 'proxy' };

/** A run as lists, cards and the head of its page show it: the header and what was counted of its spans. */
export type RunSummary = RunHeader & {
  spans: number;
  openSpans: number;
  /** Errors where they arose; those that a retry made good, and those only handed on, do not count. */
  errors: number;
  /** Tool calls: tool spans, or what spans report where their tool spans are not in the stream. */
  toolCalls: number;
  llmCalls: number;
  agents: { total: number; running: number; done: number; failed: number };
  /** Models by counted tokens, most first. */
  models: string[];
  /** Label `agent`, else the name of the first agent span. */
  agent?: string;
  /** All counted tokens. */
  tokens: number;
  /** Final score: value of the last round, else of the score named `score` or `reward`. */
  score?: number;
  rounds: number;
  leverage: Leverage | null;
  /** Name of the running stage. */
  stage?: string;
  /** Start to end, or to `lastUs` while it runs. */
  durationUs: number;
};

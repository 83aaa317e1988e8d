import type { SpanKind } from './span.ts';

/** How long finished work of a kind, tool and model took in earlier runs. */
export type UsualTime = {
  kind: SpanKind;
  /** '' for what is no tool, or has no model. */
  tool: string;
  model: string;
  calls: number;
  medianUs: number;
  p95Us: number;
};

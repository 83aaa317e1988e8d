import type { Head, Likelihood } from '../format.ts';
import { headDocument } from '../json-document.ts';
import { rewardsIn, rewardsName } from './rewards.ts';
import { type HarborShape, harborShape } from './shape.ts';

const LIKELIHOOD: Record<HarborShape, Likelihood> = {
  'trial-result': 0.95,
  'trial-config': 0.9,
  'job-result': 0.95,
  'job-config': 0.9,
  tests: 0.9,
};

/** How sure we are that this is one of Harbor's own files. A reward file is known by its name alone: it is one number. */
export function detect(head: Head): Likelihood {
  const kind = rewardsName(head.name);
  if (kind !== undefined) return head.complete && rewardsIn(kind, head.text) !== undefined ? 0.9 : 0;
  const shape = harborShape(headDocument(head));
  return shape === undefined ? 0 : LIKELIHOOD[shape];
}

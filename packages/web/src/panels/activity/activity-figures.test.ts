import { expect, test } from 'vitest';
import type { ActivityFigures } from '../../api/client.ts';
import { phaseShares } from './activity-figures.ts';

const figures = {
  time_allocation: {
    total_actions: 10,
    comprehension_actions: 4,
    navigation_actions: 0,
    implementation_actions: 5,
    testing_actions: 0,
    other_actions: 1,
    comprehension_seconds: 30,
    idle_seconds: 1000,
  },
  tokens: { by_phase: null },
} as unknown as ActivityFigures;

test('shares are of what the phases have together; what has none is left out', () => {
  expect(phaseShares(figures, 'actions').map(({ phase, share }) => [phase, share])).toEqual([
    ['comprehension', 0.4],
    ['implementation', 0.5],
    ['other', 0.1],
  ]);
  expect(phaseShares(figures, 'seconds').map(({ phase, share }) => [phase, share])).toEqual([
    ['comprehension', 1],
  ]);
  expect(phaseShares(figures, 'tokens')).toEqual([]);
});

import { expect, test } from 'vitest';
import { trial, trials } from '../../../../../tests/run-summaries.ts';
import { compareSides, type NamedComparison } from '../../server/compare/named-comparison.ts';
import { coloursFor } from './colours.ts';
import { comparisonJunit } from './comparison-junit.ts';
import { comparisonMarkdown } from './comparison-markdown.ts';
import { comparisonScreen } from './comparison-screen.ts';

const screen = { columns: 120, colours: coloursFor({ env: { NO_COLOR: '1' }, interactive: false }) };

function compared(before: ReturnType<typeof trials>, after: ReturnType<typeof trials>): NamedComparison {
  return compareSides({ name: 'monday', runs: before }, { name: 'tuesday', runs: after }, { rounds: 1_000 });
}

test('what is provisional says so before anything else', () => {
  const after = [...trials(3, () => ({ reward: 1 })), trial({ task: 'x', status: 'running' })];
  const comparison = compared(
    trials(3, () => ({ reward: 1 })),
    after,
  );
  expect(comparisonScreen(comparison, screen).split('\n')[2]).toBe('Provisional: runs are still at work.');
  expect(comparisonMarkdown(comparison)).toMatch(/^## Provisional: Success: too little data\n/);
});

test('nothing against nothing still makes a screen, a page and a document', () => {
  const comparison = compared([], []);
  expect(comparisonScreen(comparison, screen)).toContain('Baseline  monday: 0 runs\n');
  expect(comparisonMarkdown(comparison)).toContain('| Success | - | - | - | - | - | too little data |');
  expect(comparisonJunit(comparison)).toContain('tests="5" failures="0" errors="0" skipped="5"');
});

test('costs that nobody knows are unknown, and no success is no price', () => {
  const line = (comparison: NamedComparison): string | undefined =>
    comparisonScreen(comparison, screen)
      .split('\n')
      .find((one) => one.startsWith('Cost of a success'));
  const paid = trials(4, () => ({ reward: 1, cost: 0.5 }));
  expect(
    line(
      compared(
        paid,
        trials(4, () => ({ reward: 1, cost: null })),
      ),
    ),
  ).toContain('$0.50 to unknown.');
  expect(
    line(
      compared(
        paid,
        trials(4, () => ({ reward: 0, cost: 0.5 })),
      ),
    ),
  ).toContain('$0.50 to no success.');
  expect(
    line(
      compared(
        trials(1, () => ({ cost: null })),
        [],
      ),
    ),
  ).toBeUndefined();
});

import { expect, test } from 'vitest';
import type { Score } from '../model/score.ts';
import { criteriaOf, finalScoreOf, roundsOf } from './scores.ts';

const dimension = (round: string, name: string, value: number): Score => ({
  name: 'wiggum',
  round,
  dimension: name,
  value,
});

test('the screen of the first seed: rounds with their value, label and dimensions', () => {
  const scores: Score[] = [
    { name: 'wiggum', round: 'r1', value: 7.65 },
    dimension('r1', 'depth', 7),
    dimension('r1', 'structure', 9),
    { name: 'wiggum', round: 'r2', value: 8.45, max: 10, label: 'PASS' },
    dimension('r2', 'depth', 8),
    dimension('r2', 'structure', 9),
  ];
  expect(roundsOf(scores)).toEqual([
    {
      round: 'r1',
      value: 7.65,
      dimensions: [
        { name: 'depth', value: 7 },
        { name: 'structure', value: 9 },
      ],
    },
    {
      round: 'r2',
      value: 8.45,
      max: 10,
      label: 'PASS',
      dimensions: [
        { name: 'depth', value: 8 },
        { name: 'structure', value: 9 },
      ],
    },
  ]);
  expect(finalScoreOf(scores)).toEqual({ value: 8.45, max: 10, label: 'PASS' });
});

test('r10 comes after r2, whatever came first; novelty by search round is no round of judging', () => {
  const scores: Score[] = [
    { name: 'overall', round: 'r10', value: 3 },
    { name: 'overall', round: 'r2', value: 2 },
    { name: 'novelty', round: '1', value: 9 },
  ];
  expect(roundsOf(scores).map(({ round }) => round)).toEqual(['r2', 'r10']);
  expect(finalScoreOf(scores)).toEqual({ value: 3 });
});

test('a round with dimensions only has no value of its own, and is passed over for the final score', () => {
  const scores: Score[] = [{ name: 'overall', round: 'r1', value: 6 }, dimension('r2', 'depth', 8)];
  expect(roundsOf(scores)[1]).toMatchObject({ round: 'r2', value: null });
  expect(finalScoreOf(scores)).toEqual({ value: 6 });
});

test('without rounds: final_score, then score, then reward; a score of a single span or of nothing else speaks for no run', () => {
  const reward: Score = { name: 'reward', value: 1, max: 1 };
  expect(finalScoreOf([reward, { name: 'score', value: 7 }])).toEqual({ value: 7 });
  expect(finalScoreOf([reward])).toEqual({ value: 1, max: 1 });
  expect(finalScoreOf([{ name: 'score', value: 7, spanId: 's' }])).toBeUndefined();
  expect(finalScoreOf([{ name: 'politeness', value: 7 }])).toBeUndefined();
  expect(finalScoreOf([{ name: 'score', value: null }])).toBeUndefined();
});

test('criteria in both spellings; the last answer stands', () => {
  const scores: Score[] = [
    { name: 'criteria', dimension: 'has_examples', value: 0 },
    { name: 'criterion:cites_sources', value: 1 },
    { name: 'criteria', dimension: 'has_examples', value: 1, round: 'r2' },
    { name: 'criterion:short', value: 0 },
    { name: 'criteria', dimension: 'half', value: 0.5 },
  ];
  expect(criteriaOf(scores)).toEqual({
    results: [
      { id: 'has_examples', passed: true },
      { id: 'cites_sources', passed: true },
      { id: 'short', passed: false },
    ],
    passed: 2,
    total: 3,
    rate: 2 / 3,
  });
  expect(criteriaOf([])).toEqual({ results: [], passed: 0, total: 0, rate: null });
  expect(roundsOf(scores)).toEqual([]);
});

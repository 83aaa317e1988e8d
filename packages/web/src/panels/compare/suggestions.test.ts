import type { SessionInfo } from '@tacho/trace/wire/search';
import { describe, expect, it } from 'vitest';
import { trial } from '../../../../../tests/run-summaries.ts';
import { examplesOf, othersOf, pairKeysOf, suggestionsOf } from './suggestions.ts';

const session = (sessionId: string, runs = 3): SessionInfo => ({
  sessionId,
  runs,
  running: 0,
  ok: runs,
  failed: 0,
  interrupted: 0,
  fromUs: 1,
  toUs: 2,
  workUs: 1,
  tokens: 0,
  costUsd: null,
  unpriced: 0,
  scored: 0,
  meanScore: null,
  errors: 0,
});

const runs = ['old', 'new', 'other'].flatMap((variant) =>
  (variant === 'other' ? ['z'] : ['a', 'b']).map((task) =>
    trial({ task, labels: { variant, host: `${variant}-${task}` } }),
  ),
);

describe('what can stand on a side', () => {
  it('are sessions with the number of their runs, and the labels of runs', () => {
    const found = suggestionsOf({ sessions: [session('monday', 7)], runs });
    expect(found[0]).toEqual({ text: 'session=monday', runs: 7 });
    expect(found.filter(({ text }) => text === 'variant=old')).toEqual([{ text: 'variant=old' }]);
  });
  it('is nothing that cannot be typed or reads as something else', () => {
    const hostile = ['a, agent=b', 'evil\u202Egnp.exe', '\u001b[31mred', ' padded'];
    expect(suggestionsOf({ sessions: hostile.map((id) => session(id)), runs: [] })).toEqual([]);
  });
  it('runs are paired by task, name, nothing or a label', () => {
    expect(pairKeysOf({ sessions: [], runs })).toEqual([
      'task',
      'name',
      'none',
      'benchmark',
      'host',
      'task_id',
      'variant',
    ]);
  });
});

describe('examples', () => {
  it('are the groups with most tasks in common, what was first as the baseline', () => {
    const [example] = examplesOf({ sessions: [session('tuesday'), session('monday')], runs });
    expect(example).toEqual({
      baseline: { text: 'variant=old' },
      treatment: { text: 'variant=new' },
      why: 'Two values of variant with tasks in common',
    });
  });
  it('are sessions where there is nothing else', () => {
    const examples = examplesOf({ sessions: [session('tuesday'), session('monday')], runs: [] });
    expect(examples.map(({ baseline, treatment }) => [baseline.text, treatment.text])).toEqual([
      ['session=monday', 'session=tuesday'],
    ]);
  });
  it('are filled up with sessions of several runs', () => {
    const sessions = ['e', 'd', 'c', 'b', 'a'].map((id) => session(id, id === 'c' ? 1 : 3));
    const examples = examplesOf({ sessions, runs: [] });
    expect(examples.map(({ baseline, treatment }) => `${baseline.text} ${treatment.text}`)).toEqual([
      'session=d session=e',
      'session=a session=b',
    ]);
  });
  it('do not tell of the same two groups twice', () => {
    const agents = ['x', 'y'].map((name) => trial({ task: 'a', labels: { variant: name, build: name } }));
    expect(examplesOf({ sessions: [], runs: agents })).toHaveLength(1);
  });
  it('against a side are others of its kind, the closest first', () => {
    expect(othersOf('variant=other', { sessions: [], runs })).toHaveLength(2);
    expect(othersOf('variant=old', { sessions: [], runs })[0]).toEqual({ text: 'variant=new' });
    expect(othersOf('of nobody', { sessions: [session('monday')], runs })[0]!.text).toBe('session=monday');
  });
  it('are none where there is nothing', () => expect(examplesOf({ sessions: [], runs: [] })).toEqual([]));
});

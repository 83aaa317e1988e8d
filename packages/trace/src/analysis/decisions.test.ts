import { expect, test } from 'vitest';
import { foldRun } from '../model/fold.ts';
import type { TraceRecord } from '../model/record.ts';
import { decisionsOf } from './decisions.ts';

const T = 1_775_000_000;
const records: TraceRecord[] = [
  { event: 'run_start', run_id: 'r', ts: T, task: 'How should we architect this?' },
  {
    event: 'span',
    run_id: 'r',
    span_id: 'root',
    name: 'session',
    kind: 'agent',
    ts: T,
    end_ts: T + 9,
    outputs: 'comparison.md',
  },
  {
    event: 'span',
    run_id: 'r',
    span_id: 'late',
    parent: 'scout',
    name: 'Route',
    kind: 'decision',
    ts: T + 5,
    end_ts: T + 6,
    outputs: { choice: 'B', reason: 'it is simpler' },
  },
  {
    event: 'span',
    run_id: 'r',
    span_id: 'mode',
    parent: 'root',
    name: 'Mode Selection',
    kind: 'decision',
    ts: T + 1,
    end_ts: T + 2,
    inputs: { perspectives: ['P1'] },
    outputs: { mode: 'Scout' },
    attributes: { reasoning: 'Complex query' },
  },
  {
    event: 'span',
    run_id: 'r',
    span_id: 'scout',
    parent: 'root',
    name: 'Scout',
    kind: 'stage',
    ts: T + 2,
    end_ts: T + 8,
  },
  {
    event: 'span',
    run_id: 'r',
    span_id: 'mute',
    parent: 'root',
    name: 'Mute',
    kind: 'decision',
    ts: T + 7,
    end_ts: T + 7,
  },
  { event: 'run_end', run_id: 'r', ts: T + 9, status: 'ok' },
];

test('the way from the question to the result, in the order of time, with the reasons', () => {
  const { question, decisions, result } = decisionsOf(foldRun(records, 'r'));
  expect(question).toBe('How should we architect this?');
  expect(
    decisions.map(({ name, reasoning, within, agent, stage }) => [name, reasoning, within, agent, stage]),
  ).toEqual([
    ['Mode Selection', 'Complex query', ['session'], 'session', ''],
    ['Route', 'it is simpler', ['session', 'Scout'], 'session', 'Scout'],
    ['Mute', null, ['session'], 'session', ''],
  ]);
  expect(decisions[0]).toMatchObject({ inputs: { perspectives: ['P1'] }, outputs: { mode: 'Scout' } });
  expect(result).toEqual({ status: 'ok', output: null, value: 'comparison.md', step: 'session' });
});

test('where no root gives anything out, the result is what the last of the outermost steps did', () => {
  const step = (id: string, parent: string, from: number, to: number, more: object): TraceRecord => ({
    event: 'span',
    run_id: 'r',
    span_id: id,
    parent,
    ts: T + from,
    end_ts: T + to,
    ...more,
  });
  const { startUs, result } = decisionsOf(
    foldRun(
      [
        { event: 'run_start', run_id: 'r', ts: T - 3 },
        step('root', '', 0, 35, {}),
        step('artifact', 'root', 30, 35, { name: 'Generation', outputs: { artifact: 'comparison.md' } }),
        step('draft', 'root', 7, 30, { outputs: 'a draft' }),
        step('mode', 'root', 35, 35, { kind: 'decision', outputs: 'Scout' }),
        step('inner', 'draft', 8, 36, { outputs: 'deeper' }),
      ],
      'r',
    ),
  );
  expect(startUs).toBe((T - 3) * 1e6);
  expect(result).toMatchObject({ value: { artifact: 'comparison.md' }, step: 'Generation' });
});

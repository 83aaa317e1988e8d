import type { AlignedStep, DiffSpan, RunDiff } from '@tacho/trace/analysis/diff/diff-runs';
import { describe, expect, it } from 'vitest';
import { aloneNote, differencesIn, namesOf, partingOf, signed } from './step-words.ts';

const span = (more: Partial<DiffSpan> = {}): DiffSpan => ({
  spanId: 's',
  no: 0,
  name: 'Bash',
  kind: 'tool',
  status: 'ok',
  durationUs: 0,
  tokens: 0,
  costUsd: 0,
  spans: 1,
  ...more,
});

describe('the words for a step', () => {
  it('has one name where both sides say the same, and none that turns text around', () => {
    expect(namesOf({ up: -1, left: span(), right: span(), differs: [] })).toEqual(['Bash']);
    const right = span({ name: '\u202egnp.exe\u0007\n two' });
    expect(namesOf({ up: -1, left: span({ name: '' }), right, differs: [] })).toEqual([
      '(unnamed)',
      'gnp.exe two',
    ]);
    expect(namesOf({ up: -1, left: null, right: span(), differs: [] })).toEqual(['Bash']);
  });

  it('says what a tool was called with, unless that is what differs', () => {
    const [make, all] = [span({ arguments: 'make' }), span({ arguments: '\u202emake\n all' })];
    expect(namesOf({ up: -1, left: null, right: all, differs: [] })).toEqual(['Bash make all']);
    expect(namesOf({ up: -1, left: make, right: make, differs: [] })).toEqual(['Bash make']);
    expect(namesOf({ up: -1, left: make, right: all, differs: ['arguments'] })).toEqual(['Bash']);
  });

  it('tells both values where they are short', () => {
    const step: AlignedStep = {
      up: -1,
      left: span({ model: 'old', status: 'unset', open: true }),
      right: span({ status: 'error', error: 'ExitCode: 1' }),
      differs: ['arguments', 'model', 'status', 'error', 'result'],
    };
    expect(differencesIn(step)).toEqual([
      'arguments',
      'model old → none',
      'status open → error',
      'error: ExitCode: 1',
      'result',
    ]);
    expect(
      differencesIn({
        ...step,
        differs: ['arguments', 'result'],
        arguments: { path: 'command', left: '“make”', right: '“\u202emake all”' },
        result: { path: '', left: '1' },
      }),
    ).toEqual(['arguments command: “make” → “make all”', 'result: 1 → none']);
    const healed = { ...step, left: step.right, right: span(), differs: ['error' as const] };
    expect(differencesIn(healed)).toEqual(['no longer: ExitCode: 1']);
    const [one, two] = [span({ kind: 'llm', model: 'a' }), span({ kind: 'llm', model: 'b' })];
    const asked: AlignedStep = { up: -1, left: one, right: two, differs: ['name', 'model'] };
    expect(differencesIn(asked)).toEqual(['model a → b']);
    expect(differencesIn({ ...step, right: null, differs: [] })).toEqual([]);
  });

  it('says what is in a step that one side only has', () => {
    const left = span({ spans: 4, error: 'gone' });
    expect(aloneNote({ up: -1, left, right: null, differs: [] })).toBe('gone · 3 in it');
  });

  it('signs differences', () => {
    expect([2, -2, 0].map((value) => signed(value, String))).toEqual(['+2', '−2', '0']);
  });
});

describe('the sentence on where they part', () => {
  const parting = (first: Partial<NonNullable<RunDiff['firstDivergence']>>) =>
    partingOf({
      firstDivergence: { left: span(), right: span(), differs: [], afterUs: 0, ...first },
    } as RunDiff);
  it.each([
    [{ right: null, afterUs: 12_000_000 }, 'They part after 12.0 s', 'tool “Bash” is only in the left run.'],
    [{ left: null }, 'They part at the start', 'tool “Bash” is only in the right run.'],
    [
      { differs: ['arguments' as const, 'status' as const, 'result' as const] },
      'They part at the start',
      'tool “Bash” differs in arguments, status and result.',
    ],
  ])('%j', (first, when, what) => {
    const said = parting(first)!;
    expect(said.when.replace('\u202f', ' ')).toBe(when);
    expect(said.what).toBe(what);
  });
  it('is none where nothing differs', () => {
    expect(partingOf({ firstDivergence: null } as RunDiff)).toBeUndefined();
  });
});

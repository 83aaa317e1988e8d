import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choiceOf } from '../../../../app/src/server/compare/choice.ts';
import type { RunFilters } from '../../state/url.ts';
import { labelTerm, sideFromFilters, termOf } from './side-text.ts';

const NOW_US = 1.8e15;

describe('the filters of the run list as a side', () => {
  it('is what a person would type', () => {
    expect(
      sideFromFilters({ agent: 'codex', label: 'variant=mcp', minScore: 8, fromUs: 1_775_831_520_000_000 }),
    ).toEqual({ text: 'agent=codex,min-score=8,from=2026-04-10T14:32Z,variant=mcp', unsaid: [] });
    expect(sideFromFilters({}).text).toBe('');
  });
  it('says what cannot be said', () => {
    expect(sideFromFilters({ search: 'a, agent=b', contents: true, status: 'ok' })).toEqual({
      text: 'status=ok',
      unsaid: ['search', 'contents'],
    });
  });
  const text = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('a,b', 'a, b=c', 'x=y', ' a', 'a,'));
  const us = fc.integer({ min: 1.2e14, max: 1.9e15 });
  const filters = fc.record(
    {
      search: text,
      session: text,
      project: text,
      taskType: text,
      status: fc.constantFrom('ok', 'error'),
      agent: text,
      model: text,
      label: fc
        .tuple(fc.constantFrom('variant', 'agent', 'from', 'label', 'a b'), text)
        .map((of) => of.join('=')),
      minScore: fc.double({ noNaN: true, noDefaultInfinity: true }),
      fromUs: us,
      toUs: fc.oneof(
        us,
        us.map((minute) => minute - (minute % 60e6)),
        us.map((minute) => minute - (minute % 60e6) - 1),
        us.map((second) => second - (second % 1e6)),
      ),
    },
    { requiredKeys: [] },
  );
  it('is read by the server as the same filters', () => {
    fc.assert(
      fc.property(filters, (asked) => {
        const { text, unsaid } = sideFromFilters(asked as RunFilters);
        const said = Object.fromEntries(
          Object.entries(asked).filter(([name]) => !unsaid.includes(name as keyof RunFilters)),
        );
        if (text === '') return expect(said).toEqual({});
        const choice = choiceOf(text, NOW_US);
        if (choice.kind !== 'filter') throw new Error(`${text} is read as a word`);
        const [label] = choice.labels;
        expect({ ...choice.query, ...(label && { label: label.join('=') }) }).toEqual({
          ...said,
          ...(said.minScore === 0 && { minScore: 0 }),
        });
      }),
    );
  });
});

describe('a term', () => {
  it('is none where it would be read as another one', () => {
    expect(termOf('session', 'a, b')).toBe('session=a, b');
    for (const value of ['', ' a', 'a ', 'a,b=c']) expect(termOf('session', value)).toBeUndefined();
    expect(termOf('my key', 'a')).toBeUndefined();
  });
  it('calls a label one where a filter has its name', () => {
    expect(labelTerm('variant', 'mcp')).toBe('variant=mcp');
    expect(labelTerm('agent', 'codex')).toBe('label=agent=codex');
  });
});

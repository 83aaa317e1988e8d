import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextFit } from './text-fit.ts';

const measure = (text: string): number => [...text].length * 6;

it('cuts to the width, and only what does not fit', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.integer({ min: 0, max: 400 }),
      (text, width) => {
        const cut = new TextFit(measure).fit(text, 'f', width);
        expect(measure(cut)).toBeLessThanOrEqual(Math.max(width, 0));
        if (measure(text) <= width) expect(cut).toBe(text);
        else if (cut !== '') expect(cut.endsWith('…')).toBe(true);
      },
    ),
  );
});

it('leaves a stump of less than three letters out', () => {
  expect(new TextFit(measure).fit('disperser', 'f', 23)).toBe('');
  expect(new TextFit(measure).fit('disperser', 'f', 24)).toBe('dis…');
});

it('measures a text once', () => {
  let calls = 0;
  const fit = new TextFit((text) => {
    calls++;
    return measure(text);
  });
  for (let at = 0; at < 5; at++) fit.fit('common', 'f', 100);
  expect(calls).toBe(1);
});

import { describe, expect, it } from 'vitest';
import { ago, fullTime, listTime, zoneName } from './format.ts';

const T = '\u202f';

describe('times', () => {
  const us = (...parts: [number, number, number, number, number, number?, number?]): number =>
    new Date(...parts).getTime() * 1000;
  const now = us(2026, 10, 20, 16, 0);

  it('names the day as shortly as it can', () => {
    expect(listTime(us(2026, 10, 20, 14, 32), now)).toBe('today 14:32');
    expect(listTime(us(2026, 10, 19, 9, 5), now)).toBe('19 Nov 09:05');
    expect(listTime(us(2025, 10, 19, 9, 5), now)).toBe('19 Nov 2025');
    expect(listTime(0, now)).toBe('–');
  });

  it('gives the full time to the millisecond', () => {
    expect(fullTime(us(2026, 10, 20, 14, 32, 1, 204))).toBe('2026-11-20 14:32:01.204');
  });

  it('says how long ago, never in the future', () => {
    expect(ago(now + 9e6, now)).toBe('just now');
    expect(ago(now - 42e6, now)).toBe(`42${T}s ago`);
    expect(ago(now - 200e6, now)).toBe(`3${T}min ago`);
    expect(ago(now - 5 * 3600e6, now)).toBe(`5${T}h ago`);
    expect(ago(now - 12 * 86_400e6, now)).toBe(`12${T}d ago`);
  });

  it('names the zone', () => {
    const zone = (offset: number): string => zoneName({ getTimezoneOffset: () => offset } as unknown as Date);
    expect(zone(0)).toBe('UTC');
    expect(zone(-60)).toBe('UTC+1');
    expect(zone(210)).toBe('UTC−3:30');
  });
});

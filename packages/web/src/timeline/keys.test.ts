import { expect, it } from 'vitest';
import { commandOf, TIMELINE_KEYS } from './keys.ts';

const press = (key: string, more = {}) => commandOf({ key, shift: false, ctrl: false, alt: false, ...more });

it('finds the command of a key, with caps lock too', () => {
  expect(press('w')).toBe('zoom-in');
  expect(press('W')).toBe('zoom-in');
  expect(press('End')).toBe('now');
  expect(press('ArrowLeft')).toBe('previous');
  expect(press('ArrowLeft', { shift: true })).toBe('pan-left');
  expect(press('E', { shift: true })).toBe('previous-error');
});

it('leaves the browser its own', () => {
  expect(press('f', { ctrl: true })).toBeUndefined();
  expect(press('ArrowLeft', { alt: true })).toBeUndefined();
  expect(press('Tab')).toBeUndefined();
  expect(press('toString')).toBeUndefined();
});

it('the help names a key for each thing and nothing twice', () => {
  const does = TIMELINE_KEYS.flatMap(({ entries }) => entries.map((entry) => entry.does));
  expect(new Set(does).size).toBe(does.length);
  const names: Record<string, string> = {
    '−': '-',
    '←': 'ArrowLeft',
    '→': 'ArrowRight',
    '↑': 'ArrowUp',
    '↓': 'ArrowDown',
    Esc: 'Escape',
  };
  const keyboard = TIMELINE_KEYS.filter(({ title }) => title !== 'Pointer');
  for (const { entries } of keyboard) {
    for (const key of entries.flatMap((entry) => entry.keys)) {
      const shift = key.startsWith('Shift ');
      const bare = shift ? key.slice(6) : key;
      expect(press(names[bare] ?? bare, { shift }), key).toBeDefined();
    }
  }
});

import { expect, test } from 'vitest';
import { softToRestore } from './open-files-limit.ts';

test.each([
  ['raised by Node', { soft: '4096', hard: '4096' }, { soft: '256', hard: '4096' }, '256'],
  ['as the parent has it', { soft: '4096', hard: '4096' }, { soft: '4096', hard: '4096' }, undefined],
  [
    'of a parent with another hard limit',
    { soft: '4096', hard: '4096' },
    { soft: '256', hard: '8192' },
    undefined,
  ],
  ['not raised', { soft: '512', hard: '4096' }, { soft: '256', hard: '4096' }, undefined],
  ['of a parent that does not say', { soft: '4096', hard: '4096' }, undefined, undefined],
])('a limit %s', (_, own, parent, soft) => {
  expect(softToRestore(own, parent)).toBe(soft);
});

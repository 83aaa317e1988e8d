import { expect, test } from 'vitest';
import { inheritedOf } from './inherited-descriptors.ts';

/** As /proc tells it of a Node that has just begun; `fds` are the numbers that were free. */
function ownAt(fds: readonly number[]): Parameters<typeof inheritedOf>[0] {
  const own: [leadsTo: string, flags: number][] = [
    ['anon_inode:[eventpoll]', 0o2000002],
    ['pipe:[11]', 0o2000000],
    ['pipe:[11]', 0o2000001],
    ['pipe:[12]', 0o2004000],
    ['pipe:[12]', 0o2004001],
    ['/dev/null', 0o2100000],
    ['anon_inode:[eventfd]', 0o2004002],
    ['/dev/pts/0', 0o2100002],
  ];
  return own.map(([leadsTo, flags], at) => ({ fd: fds[at]!, leadsTo, flags }));
}

test('what Node opens itself is not inherited', () => {
  expect(inheritedOf(ownAt([3, 4, 5, 6, 7, 8, 9, 10]))).toEqual([]);
});

test('what stands before the first that Node opened is inherited, whatever it is', () => {
  const jobs = [
    { fd: 3, leadsTo: 'pipe:[7]', flags: 0o2000000 },
    { fd: 4, leadsTo: 'pipe:[7]', flags: 0o2000001 },
    { fd: 5, leadsTo: '/dev/null', flags: 0o2100001 },
  ];
  expect(inheritedOf([...ownAt([6, 7, 8, 9, 10, 11, 12, 13]), ...jobs])).toEqual([3, 4, 5]);
});

test('so is what stands among Node’s own and is not like them, and what Node did not reach', () => {
  const others = [
    { fd: 5, leadsTo: '/tmp/notes', flags: 0o2100001 },
    // One end of a pipe: the other one is elsewhere.
    { fd: 7, leadsTo: 'pipe:[70]', flags: 0o2000000 },
    // Both ends, but not alike: the jobs of a make.
    { fd: 8, leadsTo: 'pipe:[71]', flags: 0o2004000 },
    { fd: 9, leadsTo: 'pipe:[71]', flags: 0o2000001 },
    { fd: 63, leadsTo: 'pipe:[72]', flags: 0 },
  ];
  expect(inheritedOf([...ownAt([3, 4, 6, 10, 11, 12, 13, 14]), ...others])).toEqual([5, 7, 8, 9, 63]);
});

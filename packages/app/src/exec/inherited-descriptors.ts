import { readdirSync, readlinkSync } from 'node:fs';
import { procText } from './proc-file.ts';

const [NONBLOCK, CLOEXEC] = [0o4000, 0o2000000];

type Open = { fd: number; leadsTo: string; flags: number };

/**
 * The descriptors beyond the three that this process was started with: a lock, the jobs of make, a file of `3>notes`. To be
 * asked before files are opened here. Only Linux tells enough of them.
 */
export function inheritedDescriptors(): number[] {
  if (process.platform !== 'linux') return [];
  const open: Open[] = [];
  for (const name of namesOf('/proc/self/fd')) {
    const fd = Number(name);
    const leadsTo = targetOf(`/proc/self/fd/${name}`);
    const flags = /^flags:\s*(\d+)$/m.exec(procText(`/proc/self/fdinfo/${name}`) ?? '')?.[1];
    if (fd > 2 && leadsTo !== undefined && flags !== undefined)
      open.push({ fd, leadsTo, flags: Number.parseInt(flags, 8) });
  }
  return inheritedOf(open);
}

/**
 * Node marks all that it inherits as its own (close on exec), as far as their numbers have no gap. But what it opens itself is
 * known: an epoll first, which took the lowest number that was free, then pipes to itself, events, and devices.
 */
export function inheritedOf(open: readonly Open[]): number[] {
  const inOrder = [...open].sort((one, other) => one.fd - other.fd);
  const firstOwn = inOrder.find(
    ({ leadsTo, flags }) => leadsTo === 'anon_inode:[eventpoll]' && flags & CLOEXEC,
  );
  return inOrder
    .filter((each) => !(each.flags & CLOEXEC) || each.fd < (firstOwn?.fd ?? 0) || !isLikeNodes(each, inOrder))
    .map(({ fd }) => fd);
}

/**
 * Pipes of Node lead from itself to itself, both ends alike. A socket may be its debugger's, or its parent's channel, and a
 * terminal the one that it opens once more for its streams.
 */
function isLikeNodes({ fd, leadsTo, flags }: Open, open: readonly Open[]): boolean {
  if (!leadsTo.startsWith('pipe:')) return /^(anon_inode|socket):|^\/dev\//.test(leadsTo);
  return open.some(
    (other) =>
      other.fd !== fd && other.leadsTo === leadsTo && (other.flags & NONBLOCK) === (flags & NONBLOCK),
  );
}

function namesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Undefined of the descriptor by which the folder itself was read. */
function targetOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStat, statOf } from './process-stat.ts';
import { type ProcessFacts, type ProcessTable, parsePs, procTable, psTable } from './process-table.ts';
import { ProcessTree } from './process-tree.ts';

type Row = { children?: number[]; userS?: number; rss?: number; peak?: number; started?: string };

/** A machine with these processes. */
const machine =
  (rows: Record<number, Row>): ProcessTable =>
  (pid): ProcessFacts | undefined => {
    const row = rows[pid];
    if (row === undefined) return undefined;
    const { children = [], userS = 0, rss = 0, peak = rss, started = `born ${pid}` } = row;
    return { started, used: { userS, systemS: 0 }, rssBytes: rss, peakRssBytes: peak, children };
  };

describe('a tree', () => {
  test('adds up who lives, and keeps the largest process and the largest sum', () => {
    const tree = new ProcessTree(1);
    tree.look(
      machine({
        1: { children: [2, 3], userS: 1, rss: 5 },
        2: { userS: 2, rss: 9, peak: 12 },
        3: { userS: 4, rss: 1 },
        9: { userS: 99, rss: 99 },
      }),
    );
    expect(tree).toMatchObject({ used: { userS: 7 }, maxRssBytes: 12, peakTreeRssBytes: 15 });
    // 2 was waited for: its time is in its parent's.
    tree.look(machine({ 1: { children: [3], userS: 3.5, rss: 5 }, 3: { userS: 4, rss: 1 } }));
    expect(tree).toMatchObject({
      used: { userS: 7.5 },
      usedByStrays: { userS: 0 },
      maxRssBytes: 12,
      peakTreeRssBytes: 15,
    });
    expect([...tree.alive]).toEqual([1, 3]);
  });

  test('follows what is left behind, with what it starts, after the root has ended and after it ended itself', () => {
    const tree = new ProcessTree(1);
    tree.look(machine({ 1: { children: [2], userS: 1 }, 2: { userS: 1 } }));
    tree.look(machine({ 1: { userS: 1 }, 2: { userS: 3, children: [4] }, 4: { userS: 2, rss: 7 } }));
    expect(tree).toMatchObject({ used: { userS: 6 }, usedByStrays: { userS: 5 }, maxRssBytes: 7 });
    tree.look(machine({ 2: { userS: 10 } }));
    expect(tree).toMatchObject({ usedByStrays: { userS: 10 } });
    expect([...tree.alive]).toEqual([2]);
    tree.look(machine({}));
    expect(tree).toMatchObject({ usedByStrays: { userS: 10 } });
    expect(tree.alive.size).toBe(0);
  });

  test('what a process left behind starts keeps its time, in whose hands it ever is', () => {
    const tree = new ProcessTree(1);
    tree.look(
      machine({
        1: { children: [2] },
        2: { children: [3] },
        3: { userS: 4, children: [4] },
        4: { userS: 8 },
      }),
    );
    tree.look(machine({ 2: { userS: 1, children: [3] }, 3: { userS: 5, children: [4] }, 4: { userS: 9 } }));
    expect(tree).toMatchObject({ used: { userS: 15 }, usedByStrays: { userS: 15 } });
    // 3 waited for 4, and 2 for 3.
    tree.look(machine({ 2: { userS: 17 } }));
    expect(tree).toMatchObject({ used: { userS: 17 }, usedByStrays: { userS: 17 } });
  });

  test('what ended with its parent, between two looks, counts as it was seen', () => {
    const tree = new ProcessTree(1);
    tree.look(machine({ 1: { children: [2] }, 2: { children: [3] }, 3: { userS: 4 } }));
    tree.look(machine({ 2: { userS: 1, children: [3] }, 3: { userS: 5 } }));
    tree.look(machine({}));
    expect(tree).toMatchObject({ used: { userS: 6 }, usedByStrays: { userS: 6 } });
  });

  test('takes no other process for one it knew, and not what bears the number of its root', () => {
    const tree = new ProcessTree(1);
    tree.look(machine({ 1: { children: [2], userS: 1 }, 2: { userS: 1 } }));
    tree.look(machine({ 1: { userS: 50, started: 'later' }, 2: { userS: 70, started: 'later' } }));
    expect(tree).toMatchObject({ usedByStrays: { userS: 0 } });
    expect(tree.alive.size).toBe(0);
  });

  test('does not count one twice that a look missed and that came back under its parent', () => {
    const tree = new ProcessTree(1);
    tree.look(machine({ 1: { children: [2] }, 2: { userS: 1 } }));
    tree.look(machine({ 1: { children: [] }, 2: { userS: 2 } }));
    tree.look(machine({ 1: { children: [2] }, 2: { userS: 3 } }));
    expect(tree).toMatchObject({ used: { userS: 3 }, usedByStrays: { userS: 0 } });
  });

  test('one that has ended and waits to be collected is alive no more, and its time counts', () => {
    const tree = new ProcessTree(1);
    tree.look((pid) => {
      const facts = machine({ 1: { children: [2] }, 2: { userS: 2 } })(pid);
      return pid === 2 && facts !== undefined ? { ...facts, ended: true } : facts;
    });
    expect(tree.used?.userS).toBe(2);
    expect([...tree.alive]).toEqual([1]);
  });

  test('of 100 000 generations, and of processes that are each other’s children, is looked at to its end', () => {
    const deep = new ProcessTree(0);
    deep.look((pid) =>
      pid < 100_000 ? machine({ [pid]: { children: [pid + 1], userS: 1 } })(pid) : undefined,
    );
    expect(deep.used?.userS).toBe(100_000);
    const round = new ProcessTree(1);
    round.look(machine({ 1: { children: [2], userS: 1 }, 2: { children: [1], userS: 1 } }));
    expect(round.used?.userS).toBe(2);
  });

  test('whatever is seen in whatever order, what strays used never shrinks while they are followed', () => {
    const looks = fc.array(
      fc.dictionary(
        fc.constantFrom('1', '2', '3', '4'),
        fc.record({ children: fc.subarray([2, 3, 4]), userS: fc.nat(100) }),
      ),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(looks, (moments) => {
        const tree = new ProcessTree(1);
        for (const moment of moments) {
          tree.look(machine(moment));
          const { used, usedByStrays } = tree;
          if (used !== undefined) expect(used.userS).toBeGreaterThanOrEqual(usedByStrays.userS);
          for (const pid of tree.alive) expect(moment).toHaveProperty(String(pid));
        }
      }),
    );
  });
});

describe('/proc/PID/stat', () => {
  test('is read behind the name, whatever that holds', () => {
    const text = '7 (a) b (c) 9) S 1 70 3 34816 71 4194304 1 2 3 4 150 25 300 75 20 0 1 0 4711 1 2 3\n';
    expect(parseStat(text)).toEqual({
      started: '4711',
      ended: false,
      group: 70,
      foregroundGroup: 71,
      faults: 10,
      faultsWaited: 6,
      own: { userS: 1.5, systemS: 0.25 },
      waited: { userS: 3, systemS: 0.75 },
    });
  });

  test.each(['', '7 (cat', 'no stat at all'])('%o is no process', (text) => {
    expect(parseStat(text)).toBeUndefined();
  });

  test('a process that does not exist is none', () => {
    expect(statOf(2 ** 22 + 1)).toBeUndefined();
    expect(procTable(2 ** 22 + 1)).toBeUndefined();
  });

  test.runIf(process.platform === 'linux')('this process is found as it is', () => {
    const facts = procTable(process.pid)!;
    expect(facts.started).toBe(readFileSync('/proc/self/stat', 'latin1').split(') ').at(-1)!.split(' ')[19]);
    expect(facts.ended).toBe(false);
    expect(facts.rssBytes).toBeGreaterThan(20e6);
    expect(facts.peakRssBytes).toBeGreaterThanOrEqual(facts.rssBytes);
  });
});

describe('ps', () => {
  test.runIf(process.platform !== 'win32')(
    'knows this process and its children, where it is installed',
    async () => {
      const child = spawn('sleep', ['100']);
      const table = await psTable();
      child.kill();
      if (table === undefined) return;
      expect(table(process.pid)!.rssBytes).toBeGreaterThan(20e6);
      expect(table(process.pid)!.children).toContain(child.pid);
    },
  );

  test('gives memory and children, and no times', () => {
    const table = parsePs('    1     0   1234\n  501     1  20480\n  502   501     16\nsomething else\n');
    expect(table(501)).toEqual({
      started: '',
      rssBytes: 20480 * 1024,
      peakRssBytes: 20480 * 1024,
      children: [502],
    });
    expect(table(503)).toBeUndefined();
    const tree = new ProcessTree(501);
    tree.look(table);
    expect(tree).toMatchObject({
      used: undefined,
      maxRssBytes: 20480 * 1024,
      peakTreeRssBytes: 20496 * 1024,
    });
  });
});

import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Stage } from './recipe.ts';
import { runStages, type StageOutcome } from './run-stages.ts';
import { chooseStages } from './stage-choice.ts';
import { inOrder } from './stage-order.ts';

const stage = (id: string, needs: string[] = [], more: Partial<Stage> = {}): Stage => ({
  id,
  program: { shell: 'true' },
  needs,
  env: {},
  skipIfExists: false,
  retries: 0,
  parallel: false,
  ...more,
});
const recipe = (stages: Stage[]) => ({ name: 'r', env: {}, stages, instrumentation: {} });

/** What ran, as `+a` and `-a`, and what became of each. */
async function play(
  stages: Stage[],
  {
    failing = [],
    spared = [],
    stopAfter,
  }: { failing?: string[]; spared?: string[]; stopAfter?: string } = {},
): Promise<{ log: string[]; outcomes: Record<string, StageOutcome> }> {
  const log: string[] = [];
  const stopping = new AbortController();
  const outcomes = await runStages(chooseStages(recipe(stages), {}).stages, {
    signal: stopping.signal,
    spared: ({ id }) => (spared.includes(id) ? 'it is there' : undefined),
    skipped() {},
    async run({ id }) {
      log.push(`+${id}`);
      // As long as its name says: so that stages overtake each other.
      for (let turns = 0; turns <= id.charCodeAt(0) % 5; turns++) await turn();
      if (stopAfter === id) stopping.abort();
      log.push(`-${id}`);
      return failing.includes(id) ? 'failed' : 'done';
    },
  });
  return { log, outcomes: Object.fromEntries(outcomes) };
}

test('one after the other in the order of the recipe, but behind what they need', async () => {
  const { log } = await play([stage('a', ['c']), stage('b'), stage('c')]);
  expect(log).toEqual(['+b', '-b', '+c', '-c', '+a', '-a']);
});

test('beside each other only where both may', async () => {
  const both = { parallel: true };
  const { log } = await play([
    stage('d', [], both),
    stage('b'),
    stage('e', [], both),
    stage('f', ['d'], both),
  ]);
  expect(log.slice(0, 2)).toEqual(['+d', '+e']);
  const whileB = log.slice(log.indexOf('+b') + 1, log.indexOf('-b'));
  expect(whileB).toEqual([]);
  expect(log.indexOf('+f')).toBeGreaterThan(log.indexOf('-d'));
});

test('what needs a stage that failed is skipped, and what needs that; the others run', async () => {
  const { log, outcomes } = await play(
    [stage('a'), stage('b', ['a']), stage('c', ['b']), stage('d'), stage('e', ['d'])],
    { failing: ['a'] },
  );
  expect(log.filter((line) => line.startsWith('+'))).toEqual(['+a', '+d', '+e']);
  expect(outcomes).toMatchObject({
    a: { status: 'failed' },
    b: { status: 'skipped', reason: 'needs a, which failed' },
    c: { status: 'skipped', reason: 'needs b, which was skipped' },
    e: { status: 'done' },
  });
});

test('what is there already counts as done', async () => {
  const { log } = await play([stage('a'), stage('b', ['a'])], { spared: ['a'] });
  expect(log).toEqual(['+b', '-b']);
});

test('after a stop nothing is started', async () => {
  const { log, outcomes } = await play([stage('a'), stage('b'), stage('c', ['a'])], { stopAfter: 'a' });
  expect(log).toEqual(['+a', '-a']);
  expect(outcomes.b).toEqual({ status: 'skipped', reason: 'the pipeline was stopped', met: false });
});

test('whatever the recipe: everything is settled, needs come first, and whoever is alone is alone', async () => {
  const recipes = fc
    .array(
      fc.record({
        needs: fc.array(fc.nat(30), { maxLength: 3 }),
        parallel: fc.boolean(),
        fails: fc.boolean(),
      }),
      {
        minLength: 1,
        maxLength: 12,
      },
    )
    .map((stages) =>
      // Needs point forwards: no circles, and the order of the recipe is not that of the needs.
      stages.map(({ needs, parallel, fails }, at) => ({
        stage: stage(
          `s${at}`,
          [...new Set(needs.map((need) => at + 1 + need).filter((need) => need < stages.length))].map(
            (need) => `s${need}`,
          ),
          { parallel },
        ),
        fails,
      })),
    );
  await fc.assert(
    fc.asyncProperty(recipes, async (made) => {
      const stages = made.map((each) => each.stage);
      const failing = made.filter(({ fails }) => fails).map((each) => each.stage.id);
      const { log, outcomes } = await play(stages, { failing });
      expect(Object.keys(outcomes).sort()).toEqual(stages.map(({ id }) => id).sort());
      const running = new Set<string>();
      const byId = new Map(stages.map((each) => [each.id, each]));
      const ended = new Set<string>();
      for (const line of log) {
        const id = line.slice(1);
        if (line.startsWith('-')) {
          running.delete(id);
          ended.add(id);
          continue;
        }
        running.add(id);
        if (running.size > 1) expect([...running].every((each) => byId.get(each)!.parallel)).toBe(true);
        for (const need of byId.get(id)!.needs)
          expect(ended.has(need) && outcomes[need]!.status === 'done').toBe(true);
      }
      const lost = (id: string): boolean =>
        byId.get(id)!.needs.some((need) => failing.includes(need) || lost(need));
      for (const { id } of stages)
        expect(outcomes[id]!.status).toBe(lost(id) ? 'skipped' : failing.includes(id) ? 'failed' : 'done');
      expect(inOrder(stages)).toHaveLength(stages.length);
    }),
  );
});

test('--from and --only leave out, and what is left out counts as done', () => {
  const stages = [stage('a'), stage('b', ['a']), stage('c')];
  const leftOut = (choice: { from?: string; only?: string[] }) =>
    chooseStages(recipe(stages), choice).stages.map((chosen) => chosen.leftOut);
  expect(leftOut({ from: 'b' })).toEqual(['stands before b', undefined, undefined]);
  expect(leftOut({ only: ['b'] })).toEqual(['not asked for', undefined, 'not asked for']);
  expect(leftOut({ from: 'b', only: ['a', 'c'] })).toEqual(['stands before b', 'not asked for', undefined]);
  expect(chooseStages(recipe(stages), { from: 'x', only: ['y', 'a'] }).unknown).toEqual(['x', 'y']);
});

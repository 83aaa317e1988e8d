import { describe, expect, test } from 'vitest';
import { readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import type { JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import { atif } from './format.ts';

const SIX = Date.UTC(2026, 8, 3, 6) * 1000;

async function recordsOf(trajectory: JsonObject): Promise<TraceRecord[]> {
  const bytes = Buffer.from(JSON.stringify(trajectory));
  const { records, refusals } = await readBytes(atif, bytes, { name: 'trajectory.json' });
  expect(refusals).toEqual([]);
  return records;
}

async function runOf(trajectory: JsonObject): Promise<Run> {
  return [...runsOf(await recordsOf(trajectory)).values()][0]!;
}

/** A gardener's trajectory; `second` is when it says something, and missing where it does not say so. */
function said(source: string, message: string, second?: number): JsonObject {
  const at = second === undefined ? {} : { timestamp: `2026-09-03T06:00:0${second}Z` };
  return { source, message, ...at };
}

function trajectory(steps: JsonObject[], more: JsonObject = {}): JsonObject {
  return {
    schema_version: 'ATIF-v1.7',
    ...more,
    agent: { name: 'gardener', version: '1' },
    steps: steps.map((step, at) => ({ step_id: at + 1, ...step })),
  };
}

describe('a trajectory without the id of a session', () => {
  const asked = said('user', 'Water the beans');

  test('is a run of its own: most files have the same name', async () => {
    const answers = ['Watered.', 'It rained.'].map((answer) => trajectory([asked, said('agent', answer)]));
    const records = (await Promise.all(answers.map(recordsOf))).flat();
    const runs = [...runsOf(records).values()];
    expect(runs.map(({ spans }) => spans.filter(({ kind }) => kind === 'llm').length)).toEqual([1, 1]);
  });

  test('is the same run at every reading, and when it goes on', async () => {
    const short = [asked, said('agent', 'Watered.')];
    const [once, again, longer] = await Promise.all([
      runOf(trajectory(short)),
      runOf(trajectory(short)),
      runOf(trajectory([...short, said('user', 'And the peas'), said('agent', 'Watered too.')])),
    ]);
    expect(again.runId).toBe(once.runId);
    expect(longer.runId).toBe(once.runId);
  });
});

describe('times', () => {
  test('what says none before the first that does is of that moment', async () => {
    const steps = [
      said('system', 'You water.'),
      said('user', 'Water the beans', 0),
      said('agent', 'Done.', 5),
    ];
    const run = await runOf(trajectory(steps, { session_id: 's' }));
    expect(run.startUs).toBe(SIX);
    for (const { startUs } of run.spans) expect(startUs).toBeGreaterThanOrEqual(SIX);
  });

  test('an embedded trajectory without any is of the time at which the one around it began', async () => {
    const inner = trajectory([said('user', 'Look'), said('agent', 'Dry.')], { trajectory_id: 'look' });
    const steps = [said('user', 'Water the beans', 0), said('agent', 'Done.', 5)];
    const run = await runOf(trajectory(steps, { trajectory_id: 'main', subagent_trajectories: [inner] }));
    expect(run.startUs).toBe(SIX);
    const agent = run.spans.find(({ spanId }) => spanId === 'agent:look')!;
    expect([agent.parentId, agent.startUs]).toEqual(['agent:main', SIX]);
  });

  test('where none says any, its steps follow each other at no real time', async () => {
    const run = await runOf(trajectory([said('user', 'Water'), said('agent', 'Done.')], { session_id: 's' }));
    expect(new Date(run.startUs / 1000).getUTCFullYear()).toBe(2000);
  });
});

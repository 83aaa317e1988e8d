import { describe, expect, test } from 'vitest';
import { fixturesOf, readBytes, runsOf } from '../../../../tests/format-cases.ts';
import { foldRun } from '../model/fold.ts';
import type { Run } from '../model/run.ts';
import { FORMATS, formatNamed } from './index.ts';
import { UNKNOWN_TIME_US } from './unknown-time.ts';

const readable = FORMATS.filter(({ read }) => read !== undefined);

/** Documents without any time, of formats whose fixtures all have some. */
const TIMELESS: Record<string, object> = {
  atif: {
    schema_version: 'ATIF-v1.4',
    session_id: 's',
    agent: { name: 'a', version: '1', model_name: 'm' },
    steps: [
      { step_id: 1, source: 'user', message: 'Sort the lines' },
      { step_id: 2, source: 'agent', message: 'Sorted.' },
    ],
  },
  nemo: {
    workflow_name: 'w',
    tool_calls: [{ tool_name: 'grep', duration_sec: 2, success: true }],
    success: true,
  },
  'runs-jsonl': {
    run_id: 'r',
    task: 'Sort the lines',
    task_type: 'research',
    final: 'PASS',
    run_duration_s: 3,
  },
  'harness-trace': {
    trace_id: 't',
    spans: [{ span_id: 'a', name: 'step', children: [{ span_id: 'b', name: 'in it' }] }],
  },
};

async function runsIn(name: string, bytes: Uint8Array, file: string): Promise<Run[]> {
  const { records } = await readBytes(formatNamed(name)!, bytes, { name: file });
  return [...runsOf(records).values()];
}

describe('who says no times', () => {
  test.each(readable.map(({ name }) => name))(
    '%s: runs stand at the unknown time where they say so, and only there',
    async (name) => {
      for (const { name: file, bytes } of fixturesOf(name))
        for (const run of await runsIn(name, bytes, file)) {
          const atNoTime = run.startUs >= UNKNOWN_TIME_US && run.startUs < UNKNOWN_TIME_US + 86_400e6;
          expect(run.timeUntold ?? false, file).toBe(atNoTime);
        }
    },
  );

  test.each(Object.entries(TIMELESS))('%s without any time', async (name, document) => {
    const runs = await runsIn(name, Buffer.from(`${JSON.stringify(document)}\n`), 'timeless.json');
    expect(runs.map(({ timeUntold, spans }) => [timeUntold, spans.length > 0])).toEqual([
      [true, name !== 'runs-jsonl'],
    ]);
  });

  test.each(['telemetry', 'otlp', 'harness-trace', 'chrome-trace', 'atif'])(
    'written as %s and read again, it is still said',
    async (name) => {
      const [run] = await runsIn(
        'codex',
        fixturesOf('codex').find(({ name }) => name === 'exec-run.txt')!.bytes,
        'exec-run.txt',
      );
      const text = [...formatNamed(name)!.write!(run!)].join('');
      const { records } = await readBytes(formatNamed(name)!, Buffer.from(text), { name: 'run.json' });
      expect(foldRun(records, run!.runId)).toMatchObject({ timeUntold: true, startUs: run!.startUs });
    },
  );
});

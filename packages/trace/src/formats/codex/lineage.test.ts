import { describe, expect, test } from 'vitest';
import { readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Run } from '../../model/run.ts';
import { codex } from './format.ts';
import { lineageOf } from './lineage.ts';

async function runOf(meta: JsonObject): Promise<Run> {
  const lines = [
    { type: 'session_meta', payload: { id: 't1', cwd: '/garden', ...meta } },
    { type: 'event_msg', payload: { type: 'user_message', message: 'Look at the beans' } },
  ];
  const text = lines.map((line, at) => JSON.stringify({ timestamp: `2026-04-07T08:30:0${at}Z`, ...line }));
  const { records } = await readBytes(codex, Buffer.from(`${text.join('\n')}\n`));
  return [...runsOf(records).values()][0]!;
}

describe('a thread that says it is a subagent’s', () => {
  test.each<[string, JsonObject, JsonObject]>([
    [
      'in the place of what started it',
      { source: { subagent: { other: 'guardian', parent_thread_id: 'root' } } },
      { parentThread: 'root', role: 'guardian' },
    ],
    [
      'in plain fields',
      { source: { subagent: { other: 'guardian' } }, parent_thread_id: 'root', agent_nickname: 'Ada' },
      { parentThread: 'root', role: 'guardian', name: 'Ada' },
    ],
    [
      'in a spawn',
      { source: { subagent: { thread_spawn: { parent_thread_id: 'root', agent_role: 'digger' } } } },
      { parentThread: 'root', role: 'digger' },
    ],
  ])('belongs to whom it names: %s', (_, meta, subagent) => {
    expect(lineageOf({ id: 't1', ...meta })).toMatchObject({ threadId: 't1', runId: 'root', subagent });
  });

  test('belongs to its session, where it names that alone', () => {
    const lineage = lineageOf({ id: 't1', session_id: 'root', source: { subagent: 'review' } });
    expect(lineage).toMatchObject({ runId: 'root', subagent: { role: 'review' } });
  });

  test.each([{ source: { subagent: 'review' } }, { source: { subagent: { other: 'guardian' } } }])(
    'is a run of its own, with a name, where it names nobody: %j',
    async (meta) => {
      const run = await runOf(meta);
      expect(run).toMatchObject({
        runId: 't1',
        name: 'Look at the beans',
        task: 'Look at the beans',
        project: 'garden',
        labels: { agent: 'codex' },
      });
      expect(run.attributes).toMatchObject(meta);
      expect(run.spans.find(({ kind }) => kind === 'agent')).toMatchObject({
        spanId: 'codex',
        name: 'Codex',
      });
    },
  );
});

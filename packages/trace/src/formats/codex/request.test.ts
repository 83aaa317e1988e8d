import { describe, expect, test } from 'vitest';
import { readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Run } from '../../model/run.ts';
import { codex } from './format.ts';
import { requestOf } from './request.ts';

const OPEN =
  '# Context from my IDE setup:\n\n## Active file: beds.ts\n\n## Open tabs:\n- beds.ts: src/beds.ts\n\n';
const RULES = '# AGENTS.md instructions for /garden\n\n<INSTRUCTIONS>Weed first</INSTRUCTIONS>';

async function runOf(prompt: string): Promise<Run> {
  const line = (second: number, type: string, payload: JsonObject): JsonObject => ({
    timestamp: `2026-04-07T08:30:0${second}Z`,
    type,
    payload,
  });
  const item = { type: 'message', role: 'user', content: [{ type: 'input_text', text: prompt }] };
  const lines = [
    line(0, 'session_meta', { id: 's1', cwd: '/garden' }),
    line(1, 'response_item', item),
    line(1, 'event_msg', { type: 'user_message', message: prompt, kind: 'plain' }),
  ];
  const text = lines.map((each) => `${JSON.stringify(each)}\n`).join('');
  const { records } = await readBytes(codex, Buffer.from(text));
  return [...runsOf(records).values()][0]!;
}

describe('a prompt with what the editor or the harness put in front of it', () => {
  test.each([
    ['an editor’s open files', `${OPEN}## My request for Codex:\nWater the beans\n`],
    ['on the line of the heading', `${OPEN}## My request for Codex: Water the beans`],
    [
      'instructions',
      `${RULES}<environment_context><cwd>/garden</cwd></environment_context>\nWater the beans`,
    ],
  ])('is named by what is asked for: %s', async (_, prompt) => {
    const run = await runOf(prompt);
    expect(run.name).toBe('Water the beans');
    expect(run.task?.trim()).toBe('Water the beans');
    const turns = run.spans.filter(({ spanId }) => spanId.startsWith('turn:'));
    expect(turns.map(({ name }) => name)).toEqual(['Water the beans']);
    expect(JSON.stringify(turns[0]!.inputs)).toContain(JSON.stringify(prompt));
  });

  test('is what it is where nothing else is asked for', () => {
    for (const prompt of [`${OPEN}## My request for Codex:\n`, RULES, 'Water the beans'])
      expect(requestOf(prompt)).toBe(prompt);
  });
});

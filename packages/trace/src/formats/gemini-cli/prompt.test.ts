import { describe, expect, test } from 'vitest';
import { readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import type { JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import { geminiCli } from './format.ts';

const SETTING = "We are setting up the context for our chat.\nToday's date is Friday.\n";
const HEADER = { sessionId: 's1', projectHash: 'h', startTime: '2026-04-07T08:30:00Z', kind: 'main' };

async function runOf(...values: JsonObject[] | [JsonObject[]]): Promise<Run> {
  const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
  const { records, refusals } = await readBytes(geminiCli, Buffer.from(text), { name: 'garden.json' });
  expect(refusals).toEqual([]);
  return [...runsOf(records).values()][0]!;
}

function said(second: number, type: string, text: string): JsonObject {
  return { id: `m${second}`, timestamp: `2026-04-07T08:30:0${second}Z`, type, content: [{ text }] };
}

function turns(run: Run): string[] {
  return run.spans.filter(({ spanId }) => spanId.startsWith('turn:')).map(({ name }) => name);
}

describe('what the CLI says in the user’s place', () => {
  const folders = `- **Workspace Directories:**\n  - /home/ada/garden beds\n- **Directory Structure:**\n`;
  const context = `<session_context>\nThis is the Gemini CLI. ${SETTING}${folders}</session_context>`;

  test('the context of a session is no prompt, and says where it works', async () => {
    const run = await runOf(
      HEADER,
      { $set: { messages: [said(0, 'user', context)] } },
      said(1, 'user', 'Water the beans'),
      said(2, 'gemini', 'Watered.'),
    );
    expect(run).toMatchObject({ name: 'Water the beans', task: 'Water the beans', project: 'garden beds' });
    expect(run.attributes).toMatchObject({ cwd: '/home/ada/garden beds' });
    expect(turns(run)).toEqual(['Water the beans']);
    const call = run.spans.find(({ spanId }) => spanId === 'llm:m2')!;
    expect(JSON.stringify(call.inputs)).toContain('session_context');
  });

  test('a session that was opened again, and nothing said in it, began when it began', async () => {
    const file = (day: number, ...values: JsonObject[]): string => {
      const at = `2026-04-0${day}T08:30:00Z`;
      const opened = { ...said(0, 'user', context), id: `c${day}`, timestamp: at };
      return [{ ...HEADER, startTime: at }, { $set: { messages: [opened] } }, ...values]
        .map((value) => `${JSON.stringify(value)}\n`)
        .join('');
    };
    const asked = file(7, said(1, 'user', 'Water the beans'), said(2, 'gemini', 'Watered.'));
    const records: TraceRecord[] = [];
    for (const text of [asked, file(9)])
      records.push(...(await readBytes(geminiCli, Buffer.from(text))).records);
    const run = runsOf(records).get('s1')!;
    expect(run).toMatchObject({ name: 'Water the beans', startUs: Date.UTC(2026, 3, 7, 8, 30) * 1000 });
    const agent = run.spans.find(({ kind }) => kind === 'agent')!;
    expect([agent.startUs, agent.endUs]).toEqual([run.startUs, run.startUs + 2_000_000]);
  });

  test('nor is that of a hook', async () => {
    const hooked = said(1, 'user', '<hook_context>It rained</hook_context>');
    const run = await runOf(HEADER, hooked, said(2, 'user', 'Water the beans'));
    expect(turns(run)).toEqual(['Water the beans']);
    expect(run.name).toBe('Water the beans');
  });

  test.each([
    ["I'm currently working in the directory: /home/ada/garden\nHere is the folder structure", 'Gemini CLI'],
    ["I'm currently working in the following directories:\n  - /home/ada/garden\n  - /srv", 'Qwen Code'],
  ])('a saved conversation begins with it, and with thanks that no model said', async (place, cli) => {
    const turn = (role: string, text: string): JsonObject => ({ role, parts: [{ text }] });
    const run = await runOf([
      turn('user', `This is the ${cli}. ${SETTING}${place}`),
      turn('model', 'Got it. Thanks for the context!'),
      turn('user', 'Water the beans'),
      turn('model', 'Watered.'),
    ]);
    expect(run).toMatchObject({ name: 'Water the beans', project: 'garden' });
    expect(turns(run)).toEqual(['Water the beans']);
    expect(run.spans.filter(({ kind }) => kind === 'llm')).toHaveLength(1);
  });
});

describe('the name of a session', () => {
  test('a command names it only as long as nothing else was asked', async () => {
    const commands = [said(1, 'user', '/chat save beans'), said(2, 'user', '?')];
    expect((await runOf(HEADER, ...commands)).name).toBe('/chat save beans');
    const asked = await runOf(HEADER, ...commands, said(3, 'user', 'Water the beans'));
    expect(asked).toMatchObject({ name: 'Water the beans', task: 'Water the beans' });
  });

  test('a path is no command', async () => {
    const run = await runOf(HEADER, said(1, 'user', '/etc/hosts is wrong'), said(2, 'user', 'Mend it'));
    expect(run.name).toBe('/etc/hosts is wrong');
  });
});

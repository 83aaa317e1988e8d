import { describe, expect, test } from 'vitest';
import { assistant, base, lines, prompt, read } from '../../../../../tests/transcripts.ts';
import { foldRun } from '../../model/fold.ts';

/** A slash command, as the transcript has it. */
function command(name: string, args = ''): object {
  return prompt(
    `<command-name>/${name}</command-name>\n<command-message>${name}</command-message>\n<command-args>${args}</command-args>`,
  );
}

const PRINTED = prompt('<local-command-stdout>Set model to opus</local-command-stdout>');
const ANSWER = assistant('m1', [{ type: 'text', text: 'Watered.' }]);

async function taskOf(...values: object[]): Promise<[string | undefined, string | undefined]> {
  const { name, task } = foldRun((await read(lines(...values))).records);
  return [name, task];
}

describe('the task of a session that begins with a slash command', () => {
  test('is the prompt after it, when the command is a local matter', async () => {
    const values = [command('model', 'opus'), PRINTED, prompt('Water the beans'), ANSWER];
    expect(await taskOf(...values)).toEqual(['Water the beans', 'Water the beans']);
  });

  test('is the command, when a model answers it', async () => {
    const values = [command('water', 'the beans'), ANSWER, prompt('And the peas')];
    expect(await taskOf(...values)).toEqual(['/water the beans', '/water the beans']);
  });

  test('is the command, when nothing else was asked', async () => {
    const last = { ...base('last-prompt'), lastPrompt: '/model opus' };
    expect(await taskOf(command('model', 'opus'), PRINTED, last)).toEqual(['/model opus', '/model opus']);
  });
});

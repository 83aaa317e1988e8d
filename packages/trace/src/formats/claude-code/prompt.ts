import { firstWords } from './short-text.ts';

/** What a text in a user line is: only some of them are a person asking for something. */
export type UserText =
  | { is: 'prompt'; title: string; task: string }
  /** A slash command; it is a prompt when the model answers, and a local matter when it does not. */
  | { is: 'command'; title: string; task: string }
  /** What a local command or the user's own shell line printed, or that shell line. */
  | { is: 'local'; title: string }
  | { is: 'interrupt'; title: string }
  /** Nothing but notes that the harness puts in. */
  | { is: 'note'; title: string };

const INTERRUPT = '[Request interrupted by user';
const REMINDERS = /<(system-reminder|local-command-caveat|ide_\w+)>[\s\S]*?<\/\1>/g;

/** Tells by its markup what a user's text is. Looks at the beginning only: prompts may be megabytes. */
export function classifyText(text: string): UserText {
  const beginning = text.slice(0, 20_000).replace(REMINDERS, '').trim();
  if (beginning.startsWith(INTERRUPT)) return { is: 'interrupt', title: 'interrupted by the user' };
  if (beginning === '') return { is: 'note', title: firstWords(text) };
  if (!beginning.startsWith('<')) return promptOf(beginning);
  const command = tag(beginning, 'command-name');
  if (command !== undefined) {
    const args = tag(beginning, 'command-args') ?? '';
    const task = `/${command.replace(/^\//, '')} ${args}`.trim();
    return { is: 'command', title: firstWords(task), task };
  }
  const shell = tag(beginning, 'bash-input');
  if (shell !== undefined) return { is: 'local', title: firstWords(`! ${shell}`) };
  for (const name of ['local-command-stdout', 'local-command-stderr', 'bash-stdout', 'bash-stderr']) {
    const printed = tag(beginning, name);
    if (printed !== undefined) return { is: 'local', title: firstWords(printed) };
  }
  const task = tag(beginning, 'task-notification');
  if (task !== undefined)
    return promptOf(`Background task: ${tag(task, 'summary') ?? tag(task, 'status') ?? ''}`);
  return promptOf(beginning.replace(/<\/?[\w-]+(?: [^>]*)?>/g, ' ').trim() || beginning);
}

/** Prompts from files begin with headings and bold words: the title does without the marks. */
function promptOf(task: string): UserText {
  return { is: 'prompt', title: firstWords(task.replace(/^[#*>\s-]+/, '')) || firstWords(task), task };
}

/** What stands between a tag and its end, or after it when the end was cut off. */
function tag(text: string, name: string): string | undefined {
  const start = text.indexOf(`<${name}>`);
  if (start < 0) return undefined;
  const from = start + name.length + 2;
  const end = text.indexOf(`</${name}>`, from);
  return text.slice(from, end < 0 ? undefined : end).trim();
}

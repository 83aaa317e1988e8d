import { digestOf } from '../../analysis/digest.ts';
import { plain } from '../../model/plain-text.ts';
import type { Run, RunStatus } from '../../model/run.ts';
import { cutText } from '../../model/short-text.ts';
import { factsOf, originsOf, verdictOf } from '../digest-facts.ts';
import type { Cell, DigestTable } from '../digest-table.ts';
import { digestTables } from '../digest-tables.ts';
import { codeBlock, inlineCode, inlineText, ownText } from './text.ts';

/** Short enough to be read in a pull request. */
const BOUNDS = { agents: 15, tools: 15, notable: 5, problems: 15 };
const MOST_NAME = 80;
const MOST_PROSE = 160;
const MOST_TASK = 600;

const STATUS_WORDS: Record<RunStatus, string> = {
  running: 'still running',
  ok: 'ok',
  error: 'failed',
  interrupted: 'interrupted',
};

/** A digest of the run for a pull request or an issue: the figures in one line, then tables. No inputs or outputs. */
export function* write(run: Run): Generator<string, void, undefined> {
  const digest = digestOf(run);
  yield `# ${inlineText(run.name, MOST_NAME) || inlineCode(run.runId, MOST_NAME)}\n\n`;
  const verdict = verdictOf(digest);
  const status = `**${STATUS_WORDS[run.status]}**`;
  const facts = factsOf(digest).map(
    ({ name, value, note }) => `${name} **${value}**${note === undefined ? '' : ` (${note})`}`,
  );
  const judged = verdict === undefined ? [] : [`verdict ${inlineCode(verdict, MOST_NAME)}`];
  yield `${ownText([status, ...facts, ...judged].join(' · '))}\n\n`;
  if (run.error !== undefined) {
    const { type, message } = run.error;
    yield `Failed with:\n\n${codeBlock(excerpt(type ? `${type}: ${message}` : message))}\n`;
  }
  if (run.task !== undefined && run.task !== run.name) yield `Task:\n\n${codeBlock(excerpt(run.task))}\n`;
  for (const { name, text } of originsOf(digest))
    yield `- ${inlineText(name, MOST_NAME)}: ${inlineText(text, MOST_PROSE)}\n`;
  if (run.spans.length === 0) yield '\nThe run has no spans: nothing was recorded of what it did.\n';
  for (const table of digestTables(digest, BOUNDS)) yield `\n${tableText(table)}`;
}

function excerpt(text: string): string {
  const clean = plain(cutText(text, MOST_TASK * 4)).trim();
  return clean.length <= MOST_TASK ? clean : `${cutText(clean, MOST_TASK).trimEnd()}…`;
}

function tableText({ title, note, columns, rows, rest }: DigestTable): string {
  const titles = columns.map((column) =>
    column.foreign ? inlineText(column.title, MOST_NAME) : column.title,
  );
  const lines = [
    `## ${title}`,
    '',
    rowText(titles),
    rowText(columns.map(({ figure }) => (figure ? '---:' : '---'))),
    ...rows.map((cells) => rowText(cells.map(cellText))),
    ...[rest, note].flatMap((words) => (words === undefined || words === '' ? [] : ['', words])),
  ];
  return `${ownText(lines.join('\n'))}\n`;
}

function rowText(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function cellText({ text, foreign }: Cell): string {
  if (foreign === 'name') return inlineCode(text, MOST_NAME);
  return foreign === 'prose' ? inlineText(text, MOST_PROSE) : text;
}

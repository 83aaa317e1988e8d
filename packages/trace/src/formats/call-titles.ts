import { asString, isObject, type JsonValue } from '../model/json.ts';
import { toolKind } from '../model/tool-category.ts';
import { lastOfPath, titleOf } from './excerpt.ts';

/** The field of a tool's input that says best what the call was about: the first that is there. */
const TELLING = [
  'description',
  'file_path',
  'absolute_path',
  'path',
  'pattern',
  'command',
  'cmd',
  'keystrokes',
  'query',
  'url',
  'skill',
  'message',
  'prompt',
  'input',
];
const PATHS = new Set(['file_path', 'absolute_path', 'path']);
/** A patch in the form that OpenAI's models write. */
const PATCHED_FILE = /^\*\*\* (?:Update|Add|Delete) File: (.{1,300})$/m;
/** A shell that is called with the command as its last argument says nothing by its own name. */
const SHELLS = /^(?:.*\/)?(?:ba|z|da|)sh$/;

/** One row's worth: `shell npm test`, `read_file fold.ts`, `sourcegraph keyword_search parseRecord`. */
export function titleOfCall(name: string, input: JsonValue | undefined): string {
  const { server, serverTool } = toolKind(name);
  const title = server === undefined ? name : `${server} ${serverTool}`;
  if (typeof input === 'string') {
    const patched = PATCHED_FILE.exec(input)?.[1];
    if (patched !== undefined) return `${title} ${lastOfPath(patched.trim())}`;
    return input === '' ? title : `${title} ${titleOf(input, 60)}`;
  }
  if (!isObject(input)) return title;
  for (const field of TELLING) {
    const text = wordsOf(input[field]);
    if (text !== '') return `${title} ${PATHS.has(field) ? lastOfPath(text) : titleOf(text, 60)}`;
  }
  return title;
}

function wordsOf(value: JsonValue | undefined): string {
  if (!Array.isArray(value)) return typeof value === 'string' ? value.trim() : '';
  const words = value.slice(0, 20).map((word) => asString(word) ?? '');
  const isScript = words.length === 3 && SHELLS.test(words[0]!) && words[1]!.startsWith('-');
  return (isScript ? words[2]! : words.join(' ')).trim();
}

/** What a model call did, in a row: its first words, and the tools it asked for. */
export function titleOfAnswer(text: string, tools: readonly string[], fallback: string): string {
  const words = titleOf(text, 60);
  if (tools.length === 0) return words || fallback;
  const counts = new Map<string, number>();
  for (const tool of tools) {
    const name = toolKind(tool).serverTool ?? tool;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const asked = [...counts].map(([name, count]) => (count === 1 ? name : `${name} ×${count}`)).join(', ');
  return words === '' ? `→ ${asked}` : `${words} → ${asked}`;
}

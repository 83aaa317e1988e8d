import { isObject, type JsonValue } from '../../model/json.ts';
import { toolKind } from '../../model/tool-category.ts';
import { lastOfPath } from '../excerpt.ts';
import { firstWords } from './short-text.ts';

/** The field of a tool's input that says best what the call was about: the first that is there. */
const TELLING = [
  'description',
  'file_path',
  'notebook_path',
  'pattern',
  'command',
  'query',
  'url',
  'skill',
  'subject',
  'path',
  'prompt',
] as const;

const PATHS = new Set(['file_path', 'notebook_path', 'path']);

/** One row's worth: `Read fold.ts`, `Bash run the tests`, `sourcegraph keyword_search parseRecord`. */
export function toolTitle(name: string, input: JsonValue | undefined): string {
  const { server, serverTool } = toolKind(name);
  const title = server === undefined ? name : `${server} ${serverTool}`;
  if (!isObject(input)) return title;
  for (const field of TELLING) {
    const value = input[field];
    if (typeof value !== 'string' || value === '') continue;
    return `${title} ${PATHS.has(field) ? lastOfPath(value) : firstWords(value, 60)}`;
  }
  return title;
}

/** What a model call did, in a row: its first words, and the tools it asked for. */
export function callTitle(text: string, tools: readonly string[], fallback: string): string {
  const words = firstWords(text, 60);
  if (tools.length === 0) return words || fallback;
  const counts = new Map<string, number>();
  for (const tool of tools) {
    const { serverTool } = toolKind(tool);
    const name = serverTool ?? tool;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const asked = [...counts].map(([name, count]) => (count === 1 ? name : `${name} ×${count}`)).join(', ');
  return words === '' ? `→ ${asked}` : `${words} → ${asked}`;
}

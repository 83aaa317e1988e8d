import { isObject, type JsonValue } from '../../model/json.ts';
import type { Span } from '../../model/span.ts';

/** Fields of results that hold what was printed. */
const PRINTED = ['result', 'text', 'output', 'stdout', 'stderr', 'content', 'message'];

/** Of a long result the end: what test runners and compilers sum up stands there. */
const MOST_CHARACTERS = 20_000;

/** What a tool printed, its end where it is long; with the error's message where that says more. */
export function resultText({ outputs, error }: Span): string {
  const printed = tail(textIn(outputs));
  const message = error?.message;
  return message === undefined || printed.includes(message) ? printed : `${tail(message)}\n${printed}`;
}

function textIn(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map((part) => partText(part)).join('\n');
  return partText(value ?? null);
}

/** One level down and no deeper: nobody prints into nests. */
function partText(value: JsonValue): string {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return '';
  const texts = PRINTED.map((name) => (Object.hasOwn(value, name) ? value[name] : undefined));
  return texts.filter((text) => typeof text === 'string').join('\n');
}

function tail(text: string): string {
  return text.length <= MOST_CHARACTERS ? text : text.slice(-MOST_CHARACTERS);
}

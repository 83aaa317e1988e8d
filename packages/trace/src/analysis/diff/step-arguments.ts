import { isObject } from '../../model/json.ts';
import { cutText } from '../../model/short-text.ts';
import type { Span } from '../../model/span.ts';
import { toolNameOf } from '../tool-purpose.ts';

const PREVIEW = 100;

/**
 * What a tool was called with, shortened: its only argument as it is, else all of them as JSON. Undefined where the name says it
 * already: titles that readers make have the argument in them.
 */
export function shortArguments(span: Span): string | undefined {
  const { kind, name, inputs } = span;
  const toolName = toolNameOf(span);
  if (kind !== 'tool' || inputs === undefined || inputs === null) return undefined;
  if (name !== toolName && name.startsWith(toolName)) return undefined;
  const given = isObject(inputs) ? Object.values(inputs) : [inputs];
  const shown = given.length === 1 ? given[0]! : inputs;
  if (given.length === 0 || shown === '') return undefined;
  const text = typeof shown === 'string' ? shown : JSON.stringify(shown);
  return text.length <= PREVIEW ? text : `${cutText(text, PREVIEW - 1)}…`;
}

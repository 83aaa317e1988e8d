import { isObject } from '../../model/json.ts';
import type { Head, Likelihood } from '../format.ts';
import { headDocument } from '../json-document.ts';
import { headValues } from '../json-lines.ts';
import { isAtof, isRequest, isStep, isWorkflowTrace } from './shapes.ts';

const LINES = 20;
/** A first line longer than the head: its beginning says enough. */
const BEGINNING = /^\{"parent_id":.{0,400}"function_ancestry":.{0,600}"event_type":/s;

/** How sure we are that the toolkit, or a benchmark around it, wrote this. */
export function detect(head: Head): Likelihood {
  const values = headValues(head, LINES).flatMap((value) =>
    Array.isArray(value) ? value.slice(0, LINES) : [value],
  );
  const whole = values.length === 0 ? headDocument(head) : undefined;
  const known = [...values, ...(Array.isArray(whole) ? whole.slice(0, LINES) : [whole])].filter(isObject);
  const ours = known.filter((value) => isStep(value) || isAtof(value) || isRequest(value)).length;
  if (ours > 0) return 0.5 + 0.45 * (ours / known.length);
  if (known.length === 1 && isWorkflowTrace(known[0]!)) return 0.9;
  return BEGINNING.test(head.text.trimStart().slice(0, 2000)) ? 0.7 : 0;
}

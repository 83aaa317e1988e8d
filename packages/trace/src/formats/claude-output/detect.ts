import { isObject } from '../../model/json.ts';
import type { Head, Likelihood } from '../format.ts';
import { headDocument } from '../json-document.ts';
import { headValues } from '../json-lines.ts';
import { isBareUsage, isMessage, isResult } from './message.ts';
import { TextUsage } from './text-usage.ts';

const LINES = 40;
/** A line too long for the head: its beginning says enough. */
const BEGINNING = /^\{"type":"(?:system|assistant|user)","(?:subtype":"init"|message":\{)/;
const SESSION = /"session_id":"/;

/** How sure we are that `claude -p` printed this. */
export function detect(head: Head): Likelihood {
  const values = headValues(head, LINES).flatMap((value) =>
    Array.isArray(value) ? value.slice(0, LINES) : [value],
  );
  const known = values.filter(isObject);
  const ours = known.filter(isMessage).length;
  if (ours > 0) return 0.5 + 0.45 * (ours / values.length);
  const text = head.text.trimStart();
  if (BEGINNING.test(text) && SESSION.test(text)) return 0.6;
  if (text.startsWith('[') || text.startsWith('{')) {
    const whole = headDocument(head);
    const first = Array.isArray(whole) ? whole[0] : whole;
    if (isObject(first) && (isResult(first) || isMessage(first))) return 0.9;
    return isObject(first) && values.length <= 1 && isBareUsage(first) ? 0.3 : 0;
  }
  const usage = new TextUsage();
  for (const line of head.text.split('\n')) usage.add(line);
  return usage.usage === undefined ? 0 : 0.2;
}

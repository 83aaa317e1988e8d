import type { RuleTable } from './dialects/table.ts';
import type { OtlpAttributes, OtlpEvent, OtlpSpan } from './request.ts';

/**
 * A span with the attributes that its dialect says in events beside those that it has itself, and without the events that
 * say nothing more then.
 */
export function withEventAttributes(span: OtlpSpan, table: RuleTable): OtlpSpan {
  if (span.events.length === 0 || !span.events.some(({ name }) => table.speaksForSpan(name))) return span;
  const attributes: OtlpAttributes = {
    keys: span.attributes.keys.slice(),
    values: span.attributes.values.slice(),
  };
  const events = span.events.filter(
    (event) => !table.speaksForSpan(event.name) || !isTaken(event, attributes),
  );
  return { ...span, attributes, events };
}

/** Adds what is not there yet. True when that, and what was there with the same value, is all that the event says. */
function isTaken({ attributes, droppedAttributes }: OtlpEvent, into: OtlpAttributes): boolean {
  let all = droppedAttributes === 0;
  for (const [at, key] of attributes.keys.entries()) {
    const value = attributes.values[at]!;
    const known = into.keys.lastIndexOf(key);
    if (known >= 0) {
      all &&= JSON.stringify(into.values[known]) === JSON.stringify(value);
      continue;
    }
    into.keys.push(key);
    into.values.push(value);
  }
  return all;
}

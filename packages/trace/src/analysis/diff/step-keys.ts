import { canonicalJson } from '../../model/canonical-json.ts';
import { contentId } from '../../model/ids.ts';
import type { JsonValue } from '../../model/json.ts';
import type { Span } from '../../model/span.ts';

/** How closely two spans are alike. */
export type Likeness = 'same' | 'alike' | 'kin';

/**
 * What a span is recognised by. *same*: kind, name and arguments. *alike*: kind and name; a model call has its model, since
 * its title is made of what it answered. *kin*: kind and the source's word for it.
 */
export const KEYS: Record<Likeness, (span: Span) => string> = {
  same: (span) => `${KEYS.alike(span)} ${argumentsId(span.inputs)}`,
  alike: (span) => `${span.kind} ${nameOf(span)}`,
  kin: ({ kind, role }) => `${kind} ${role ?? ''}`,
};

/** A span's name without what differs from call to call. */
export function nameOf({ kind, name, tool, model }: Span): string {
  if (kind === 'tool') return tool?.name ?? name;
  return kind === 'llm' ? (model ?? '') : name;
}

/** Arguments in any order of their fields. */
export function argumentsId(inputs: JsonValue | undefined): string {
  return inputs === undefined ? '' : contentId(canonicalJson(inputs));
}

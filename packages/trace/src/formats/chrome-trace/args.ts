import type { JsonObject, JsonValue } from '../../model/json.ts';
import { cutText } from '../../model/short-text.ts';
import type { Span } from '../../model/span.ts';
import { usageFields } from '../../model/usage-fields.ts';

/** Viewers keep every argument of every slice in memory. */
export const MAX_CHARS = 4096;
const MAX_ATTRIBUTES = 64;

/** What a viewer shows of a selected slice: flat, numbers as numbers, texts cut at 4096 characters. */
export function argsOf(span: Span): JsonObject {
  return {
    span_id: span.spanId,
    role: span.role,
    component: span.component,
    status: span.status === 'unset' ? undefined : span.status,
    incomplete: span.endUs === undefined ? true : undefined,
    model: span.model,
    provider: span.provider,
    tool: span.tool?.name,
    ...(span.usage && usageFields(span.usage)),
    tool_uses: span.toolUses,
    cost_usd: finite(span.costUsd),
    reported_cost_usd: finite(span.reportedCostUsd),
    first_token_ms: span.firstTokenUs === undefined ? undefined : (span.firstTokenUs - span.startUs) / 1000,
    error:
      span.error && cut(span.error.type ? `${span.error.type}: ${span.error.message}` : span.error.message),
    inputs: flat(span.inputs),
    outputs: flat(span.outputs),
    attributes: flatObject(span.attributes),
  };
}

/** One level of an object, with anything deeper as text. */
export function flatObject(object: JsonObject | undefined): JsonObject | undefined {
  if (object === undefined) return undefined;
  const entries = Object.entries(object).slice(0, MAX_ATTRIBUTES);
  return entries.length === 0
    ? undefined
    : Object.fromEntries(entries.map(([name, value]) => [cut(name), flat(value)]));
}

function flat(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value === 'string') return cut(value);
  return typeof value === 'object' && value !== null ? cut(JSON.stringify(value)) : value;
}

function finite(value: number | undefined): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

export function cut(text: string): string {
  return text.length <= MAX_CHARS ? text : `${cutText(text, MAX_CHARS)}… (${text.length} characters)`;
}

import type { JsonValue } from './json.ts';

/** JSON with sorted fields: the same for two values that differ in the order of their fields alone. */
export function canonicalJson(value: JsonValue): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

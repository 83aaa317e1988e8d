import type { JsonValue } from './json.ts';
import { plain } from './plain-text.ts';

/**
 * Rows as CSV (RFC 4180); what is absent is empty. A text that a spreadsheet would take for a formula gets a `'` before it,
 * and what a terminal would act on is left out.
 */
export function csvText(rows: Iterable<readonly JsonValue[]>): string {
  let text = '';
  for (const row of rows) text += `${row.map(cell).join(',')}\r\n`;
  return text;
}

function cell(value: JsonValue): string {
  const shown = plain(textOf(value));
  const text = typeof value === 'string' && /^[=+\-@\t\n]/.test(shown) ? `'${shown}` : shown;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function textOf(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

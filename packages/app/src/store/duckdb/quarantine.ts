import type { Quarantined } from '../store.ts';
import type { Column } from './append.ts';

/** The columns of `quarantine`, in the order of its table. */
export const QUARANTINE_COLUMNS: readonly Column<Quarantined>[] = [
  { type: 'text', of: (line) => line.uri },
  { type: 'long', of: (line) => line.line },
  { type: 'long', of: (line) => line.offset },
  { type: 'text', of: (line) => line.reason },
  { type: 'text', of: (line) => line.text },
  { type: 'long', of: (line) => line.refusedUs },
];

export type QuarantineRow = {
  uri: string;
  line: number | null;
  byte_offset: number | null;
  reason: string;
  text: string | null;
  refused_us: number;
};

export function quarantinedFrom(row: QuarantineRow): Quarantined {
  return {
    uri: row.uri,
    ...(row.line !== null && { line: row.line }),
    ...(row.byte_offset !== null && { offset: row.byte_offset }),
    reason: row.reason,
    ...(row.text !== null && { text: row.text }),
    refusedUs: row.refused_us,
  };
}

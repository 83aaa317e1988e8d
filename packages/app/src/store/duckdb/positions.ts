import type { SourcePosition } from '../store.ts';
import type { Column } from './append.ts';

/** The columns of `source_positions`, in the order of its table. */
export const POSITION_COLUMNS: readonly Column<SourcePosition>[] = [
  { type: 'text', of: (position) => position.uri },
  { type: 'text', of: (position) => position.format },
  { type: 'long', of: (position) => position.offset },
  { type: 'long', of: (position) => position.size },
  { type: 'double', of: (position) => position.modifiedMs },
  { type: 'text', of: (position) => position.fingerprint },
  { type: 'texts', of: (position) => position.runIds },
  { type: 'long', of: (position) => position.records },
];

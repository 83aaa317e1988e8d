/**
 * The version of the schema in this folder. Every change of a table raises it and adds a paragraph here.
 *
 * 1: The first. Spans refer to texts of their run and to payloads by number; there are no indexes.
 * 2: `runs.judged`, for reports. What it holds is derived from the summary: when that changes, so does this version, and the
 *    step to it sets the column to NULL. `payloads.head`: long contents are stored in parts.
 */
export const SCHEMA_VERSION = 2;

/** The tables, in the order in which they are made: each is a file of this folder. */
export const TABLES = [
  'meta',
  'runs',
  'texts',
  'spans',
  'payloads',
  'calls',
  'source_positions',
  'quarantine',
] as const;
export type TableName = (typeof TABLES)[number];

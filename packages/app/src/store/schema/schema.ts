/**
 * The version of the schema in this folder. Every change of a table raises it and adds a paragraph here.
 *
 * 1: The first. Spans refer to texts of their run and to payloads by number; there are no indexes.
 */
export const SCHEMA_VERSION = 1;

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

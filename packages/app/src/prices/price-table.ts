import type { ModelPrice } from '@pydantic/genai-prices';
import type { Place } from './yaml-places.ts';

/** One row of a user's table, in USD, with the days (UTC) on which it holds. */
export type TableRow = {
  prices: ModelPrice;
  place: Place;
  /** First day, `2026-03-13`. */
  validFrom?: string;
  /** Last day. */
  validUntil?: string;
  fromUs: number;
  /** The first moment at which it does not hold any more. */
  untilUs: number;
};

/** The rows of a name as it stands in the table, the newest first. */
export type NamedRows = { name: string; rows: readonly TableRow[] };

/** The models of a table or of a project in it. */
export type PriceSection = {
  /** By name in lower case. */
  models: ReadonlyMap<string, NamedRows>;
  /** By name in lower case with dots between digits as dashes: `claude-sonnet-4-5`. */
  cores: ReadonlyMap<string, NamedRows>;
  /** For models without a row. Absent unless the table states it. */
  default?: readonly TableRow[];
};

/** What is wrong with a table, where. */
export type TableProblem = Place & {
  /** `models.gpt-5.input_per_1m`; empty: the whole table. */
  field: string;
  /** What was expected and what is there, as the end of a sentence. */
  message: string;
};

/** A user's table of prices, read: what is good in it works, whatever stands next to it. */
export type PriceTable = PriceSection & {
  /** How people call it: the name of its file. */
  name: string;
  /** As the table states it. */
  updatedAt?: string;
  projects: ReadonlyMap<string, PriceSection>;
  /** Rows that work. */
  rows: number;
  problems: readonly TableProblem[];
};

/** `prices.yaml:12:5: models.gpt-5.input_per_1m: expected …` */
export function problemText({ line, column, field, message }: TableProblem, file: string): string {
  return `${file}:${line}:${column}: ${field === '' ? '' : `${field}: `}${message}`;
}

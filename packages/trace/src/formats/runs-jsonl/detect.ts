import { isObject } from '../../model/json.ts';
import type { Head, Likelihood } from '../format.ts';
import { headValues } from '../json-lines.ts';
import { isRunLine } from './shapes.ts';

/** Lines looked at: a few broken ones at the beginning decide nothing. */
const LINES = 50;

/** A first line longer than the head (lines hold whole outputs): its beginning says enough. */
const BEGINNING =
  /^\s*\{"(?:run_id|session_id|timestamp)":.{0,20000}"(?:producer_model|tokens_by_stage|run_duration_s)":/s;

/** By the share of lines that are runs. */
export function detect(head: Head): Likelihood {
  const values = headValues(head, LINES)
    .flatMap((value) => (Array.isArray(value) ? value.slice(0, LINES) : [value]))
    .filter(isObject);
  const runs = values.filter(isRunLine).length;
  if (runs > 0) return 0.5 + 0.4 * (runs / values.length);
  return values.length === 0 && BEGINNING.test(head.text) ? 0.7 : 0;
}

import { isObject } from '../../model/json.ts';
import type { Head, Likelihood } from '../format.ts';
import { headDocument } from '../json-document.ts';

/** The sections that every manifest has; another tool's document has at most one of these names. */
const SECTIONS = ['harness', 'execution', 'tool_profile', 'result'];

export function detect(head: Head): Likelihood {
  const document = headDocument(head);
  if (!isObject(document)) return 0;
  const there = SECTIONS.filter((section) => isObject(document[section])).length;
  return isObject(document.execution) && there >= 3 ? 0.96 : 0;
}

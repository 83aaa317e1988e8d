import { isObject, type JsonObject } from '../../model/json.ts';
import type { Head, Likelihood } from '../format.ts';
import { headDocument } from '../json-document.ts';
import { headValues } from '../json-lines.ts';

/** Lines looked at: a few broken ones at the beginning decide nothing. */
const LINES = 100;

/** What the report says of a run, and what it says of a stage: words that no other list of stages has together. */
const RUN_FIELDS = ['recipe_name', 'recipe_path', 'wall_seconds', 'cpu_user_seconds', 'totals', 'pricing'];
const STAGE_FIELDS = ['wall_seconds', 'cpu_user_seconds', 'llm_totals', 'llm_calls', 'llm', 'module_id'];

/** The report: by its schema's name, else by its words for runs and stages. */
export function detectReport(head: Head): Likelihood {
  if (!/"(?:stages|instrumentation_run_v1)"/.test(head.text)) return 0;
  const value = headDocument(head);
  if (!isObject(value)) return 0;
  if (value.schema_version === 'instrumentation_run_v1') return 0.98;
  if (!Array.isArray(value.stages)) return 0;
  const stages = value.stages.filter(isObject);
  const isStage = (stage: JsonObject): boolean => has(stage, STAGE_FIELDS) > 1;
  const known = has(value, RUN_FIELDS);
  if (stages.some(isStage)) return known > 0 ? 0.95 : 0.85;
  return known > 2 ? 0.8 : 0;
}

/** The sink: the share of lines that are calls, by their schema's name or by a call's words. */
export function detectCalls(head: Head): Likelihood {
  if (!/"(?:prompt_tokens|completion_tokens|instrumentation_call_v1)"/.test(head.text)) return 0;
  let calls = 0;
  let others = 0;
  const isSink = /(?:^|[._-])instrumentation_calls[^/]*\.jsonl/.test(head.name ?? '');
  for (const value of headValues(head, LINES)) {
    if (isObject(value) && isCall(value, isSink)) calls++;
    else others++;
  }
  return calls === 0 ? 0 : 0.95 * (calls / (calls + others));
}

/** In a file that is named as the sink, what no stage and no request is named of is a call, too. */
function isCall(value: JsonObject, isSink: boolean): boolean {
  if (value.schema_version === 'instrumentation_call_v1') return true;
  return (
    'model' in value &&
    'prompt_tokens' in value &&
    'completion_tokens' in value &&
    (isSink || 'stage_id' in value || 'cached' in value || 'request_ms' in value) &&
    !('event' in value) &&
    !('choices' in value)
  );
}

function has(value: JsonObject, fields: readonly string[]): number {
  return fields.filter((field) => Object.hasOwn(value, field)).length;
}

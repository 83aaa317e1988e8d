import { contentId } from '../../model/ids.ts';
import { asString, isObject, type JsonObject } from '../../model/json.ts';

/**
 * The run of a request: an item of the profiler's or the evaluation's output. Undefined where it has no number.
 *
 * Every evaluation calls its files alike and counts from the same number: the ids of what was done keep its runs apart from
 * those of the next one.
 */
export function runOfRequest(stem: string, request: JsonObject): string | undefined {
  const number = asString(request.request_number) ?? asString(request.id);
  return number === undefined ? undefined : `${stem}-${number}-${contentId(markOf(request))}`;
}

function markOf(request: JsonObject): string {
  const [first] = request.intermediate_steps as JsonObject[];
  const uuid = isObject(first?.payload) ? asString(first.payload.UUID) : undefined;
  return uuid ?? JSON.stringify([request.question ?? null, request.generated_answer ?? null]);
}

import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';

/** Longer answers are not parsed for their id alone. */
const MOST_LENGTH = 65_536;
/** Every provider's API puts the id first. */
const ID_FIRST = /^\s*\{\s*"id"\s*:\s*"([^"\\]{1,200})"/;

/**
 * The id of a model's answer, in the JSON of the answer as its client gave it: OpenAI's and Anthropic's own, or LangChain's
 * result around it. LangChain's made-up ids (`run-…`) are none: no other report of the call has them.
 */
export function callIdIn(answer: string): string | undefined {
  const first = ID_FIRST.exec(answer)?.[1];
  if (first !== undefined) return notMadeUp(first);
  if (answer.length > MOST_LENGTH || !answer.includes('"id"')) return undefined;
  try {
    return idOf(JSON.parse(answer) as JsonValue);
  } catch {
    return undefined;
  }
}

function idOf(answer: JsonValue): string | undefined {
  if (!isObject(answer)) return undefined;
  const message = messageIn(answer.generations);
  const inner = isObject(message?.kwargs) ? message.kwargs : message;
  const metadata = inner?.response_metadata;
  const answered = isObject(answer.llm_output) ? answer.llm_output.id : undefined;
  return (
    notMadeUp(answer.id) ??
    (isObject(metadata) ? notMadeUp(metadata.id) : undefined) ??
    notMadeUp(inner?.id) ??
    notMadeUp(answered)
  );
}

/** LangChain's generations: a list for each prompt, of which a span has one. */
function messageIn(generations: JsonValue | undefined): JsonObject | undefined {
  const one = Array.isArray(generations) ? generations.flat(1)[0] : undefined;
  return isObject(one) && isObject(one.message) ? one.message : undefined;
}

function notMadeUp(id: JsonValue | undefined): string | undefined {
  return typeof id === 'string' && id !== '' && id.length <= 200 && !/^(?:lc_)?run-/.test(id)
    ? id
    : undefined;
}

import { contentId } from '../../model/ids.ts';
import { asCount, asNumber, asString, type JsonObject, putField } from '../../model/json.ts';
import { PRICED_BY } from '../../model/price.ts';
import type { UsageRecord } from '../../model/record.ts';
import { lastingUs, parseTimestamp, usToSeconds } from '../../model/time.ts';
import type { CallBook } from './call-book.ts';

/** Fields of a call that the span has places for; all others become its attributes. */
export const CALL_FIELDS: ReadonlySet<string> = new Set([
  'schema_version',
  'run_id',
  'stage_id',
  'model',
  'provider',
  'prompt_tokens',
  'completion_tokens',
  'usage',
  'cached',
  'request_ms',
  'request_id',
  'cost',
  'created_at',
]);

/** Begins the keys of calls that have no request id. */
export const KEY_PREFIX = 'instrumentation:';

export type CallPlace = {
  runId: string;
  /** Span of the stage that made the call; a call without one stays under the run. */
  stage?: string | undefined;
  /** When a call was over that does not say when. */
  fallbackUs?: number | undefined;
};

/**
 * A call of the sink or of a stage's list as a record. The same call has the same id in both: its request id, else what
 * it says and when. A report lists calls without their time; such a one loses against the sink's line of the same content.
 */
export function callRecord(value: JsonObject, place: CallPlace, book: CallBook): UsageRecord {
  const { runId, stage, fallbackUs } = place;
  const requestId = asString(value.request_id);
  const createdUs = parseTimestamp(value.created_at);
  const requestUs = lastingUs(asNumber(value.request_ms) ?? 0) ?? 0;
  const model = asString(value.model);
  const provider = asString(value.provider);
  const cached = value.cached === true || value.cached === 'true';
  const attributes: JsonObject = {};
  for (const field of Object.keys(value))
    if (!CALL_FIELDS.has(field)) putField(attributes, field, value[field]);
  const endUs = createdUs ?? fallbackUs;
  const timed = createdUs !== undefined && createdUs > requestUs;
  if (!timed && value.request_ms !== undefined && value.request_ms !== null)
    attributes.request_ms = value.request_ms;
  if (createdUs === undefined) attributes.time_unknown = true;
  const cost = asNumber(value.cost);
  if (cost !== undefined) attributes[PRICED_BY] = 'the program';
  return {
    event: 'usage',
    run_id: runId,
    ...(endUs !== undefined && endUs > 0 && { ts: usToSeconds(endUs) }),
    ...(stage !== undefined && { span_id: stage }),
    ...(requestId === undefined
      ? // Equal calls of one moment are calls all the same: many are made side by side.
        identityOf([runId, stage, model, provider, tokensOf(value), cached, requestUs], createdUs, book)
      : { request_id: requestId }),
    ...(model !== undefined && { model }),
    ...(provider !== undefined && { provider }),
    ...(value.usage !== undefined && { usage: value.usage as NonNullable<UsageRecord['usage']> }),
    prompt_tokens: value.prompt_tokens ?? 0,
    completion_tokens: value.completion_tokens ?? 0,
    ...(cached && { cached }),
    ...(timed && requestUs > 0 && { request_ms: requestUs / 1000 }),
    ...(cost !== undefined && { cost_usd: cost }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

function tokensOf(value: JsonObject): string {
  return `${asCount(value.prompt_tokens) ?? 0}+${asCount(value.completion_tokens) ?? 0}`;
}

function identityOf(
  content: readonly unknown[],
  createdUs: number | undefined,
  book: CallBook,
): Pick<UsageRecord, 'call_id'> & { call_key: string; replay?: true } {
  const hash = contentId(JSON.stringify(content));
  const key = `${KEY_PREFIX}${hash}-${book.next(hash)}`;
  if (createdUs === undefined)
    return { call_id: key.slice(KEY_PREFIX.length), call_key: `${key}|`, replay: true };
  const moment = `${hash}|${createdUs}`;
  const number = book.nextAt(moment);
  return {
    call_id: contentId(number === 1 ? moment : `${moment}|${number}`),
    call_key: `${key}|${createdUs}`,
  };
}

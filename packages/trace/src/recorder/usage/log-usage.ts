import type { UsageOptions } from '../options.ts';
import { type SpanHost, type UsageTarget, WAITING } from '../span-host.ts';
import { type ResponseUsage, usageOfResponse } from './response-usage.ts';
import { usageJson } from './usage-json.ts';

/**
 * Books the tokens of an answer once. Inside a span of kind llm they are that span's; anywhere else the call becomes a leaf
 * of its own below `span`, so that a stage's or agent's own figures stay free for what it reports itself.
 */
export function logSpanUsage(
  recording: SpanHost,
  span: UsageTarget | undefined,
  response: unknown,
  options: UsageOptions = {},
): void {
  if (isPending(response)) {
    // `usage` of a streamed AI SDK result is a promise. Its failure is the host's to handle, elsewhere.
    response.then(
      (settled) => logSpanUsage(recording, span, settled, options),
      () => {},
    );
    return;
  }
  const found = usageOfResponse(response);
  if (found === undefined) return;
  if (found.isAnswer && !recording.seen.isNew(response, found.responseId)) return;
  if (span?.kind === 'llm') describeSpan(recording, span, found, options);
  else recordCall(recording, span, found, options);
}

function describeSpan(
  recording: SpanHost,
  span: UsageTarget,
  found: ResponseUsage,
  options: UsageOptions,
): void {
  const { serialiser } = recording;
  const model = options.model ?? found.model;
  // The model that answered, not the one that was asked for: routers and fallbacks differ.
  if (model !== undefined) span.wait(WAITING.model, 'model', serialiser.quote(model));
  const provider = options.provider ?? found.provider;
  if (provider !== undefined) span.wait(WAITING.provider, 'provider', serialiser.quote(provider));
  span.wait(WAITING.attributes, 'attributes', serialiser.object(callAttributes(found, options)));
  if (options.costUsd !== undefined && Number.isFinite(options.costUsd)) {
    span.wait(WAITING.cost, 'cost_usd', String(options.costUsd));
  }
  span.addUsage(found.usage);
}

function recordCall(
  recording: SpanHost,
  span: UsageTarget | undefined,
  found: ResponseUsage,
  options: UsageOptions,
): void {
  const { serialiser } = recording;
  const { stage, ...attributes } = callAttributes(found, options) ?? {};
  const model = options.model ?? found.model;
  const provider = options.provider ?? found.provider;
  const durationMs = options.durationMs ?? found.requestMs;
  let line = `{"event":"usage","call_id":"${recording.nextId()}"`;
  if (span !== undefined) line += `,"span_id":${span.quotedId}`;
  if (stage !== undefined) line += `,"stage":${serialiser.quote(stage)}`;
  if (model !== undefined) line += `,"model":${serialiser.quote(model)}`;
  if (provider !== undefined) line += `,"provider":${serialiser.quote(provider)}`;
  line += `,"usage":${usageJson(found.usage)}`;
  if (Number.isFinite(durationMs)) line += `,"request_ms":${durationMs}`;
  if (Number.isFinite(options.costUsd)) line += `,"cost_usd":${options.costUsd}`;
  const rest = serialiser.object(attributes);
  if (rest !== undefined) line += `,"attributes":${rest}`;
  recording.add(line);
}

function callAttributes(found: ResponseUsage, options: UsageOptions): Record<string, unknown> | undefined {
  if (
    options.stage === undefined &&
    found.responseId === undefined &&
    found.serviceTier === undefined &&
    found.deviatingTotal === undefined
  )
    return undefined;
  return {
    stage: options.stage,
    response_id: found.responseId,
    service_tier: found.serviceTier,
    reported_total_tokens: found.deviatingTotal,
  };
}

function isPending(value: unknown): value is PromiseLike<unknown> {
  return value instanceof Promise;
}

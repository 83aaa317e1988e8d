import { asCount, asNumber, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { UsageFields } from '../../model/record.ts';
import { type TokenReport, tokensOf } from './tokens.ts';

/** What a model used in a session, as the CLI sums it up. */
export type ModelSum = { model: string; report: TokenReport; attributes: JsonObject };

/** `stats` of an output → a sum for each model; one for all where it tells none apart. */
export function sumsOf(stats: JsonObject): ModelSum[] {
  const { models } = stats;
  const each = isObject(models) ? Object.entries(models) : [];
  if (each.length === 0) return summed('', streamTokens(stats), {});
  return each.flatMap(([model, told]) => {
    if (!isObject(told)) return [];
    const api = isObject(told.api) ? told.api : {};
    const report = isObject(told.tokens) ? reportTokens(told.tokens) : streamTokens(told);
    return summed(model, report, figures(api));
  });
}

/** How long the models and the tools worked, one after the other; undefined where that is not said. */
export function workedMs(stats: JsonObject): number | undefined {
  const models = isObject(stats.models) ? Object.values(stats.models) : [];
  const latencies = models.flatMap((model) =>
    isObject(model) && isObject(model.api) ? [asCount(model.api.totalLatencyMs) ?? 0] : [],
  );
  const tools = isObject(stats.tools) ? (asCount(stats.tools.totalDurationMs) ?? 0) : 0;
  const sum = latencies.reduce((total, ms) => total + ms, tools);
  return asCount(stats.duration_ms) ?? (sum > 0 ? sum : undefined);
}

function summed(model: string, report: TokenReport | undefined, attributes: JsonObject): ModelSum[] {
  if (report === undefined) return [];
  // The requests are those of the calls.
  return [{ model, report: { ...report, usage: { ...report.usage, requests: 0 } }, attributes }];
}

/** In a report `input` is what no cache held; in a session file it is all of the prompt. */
function reportTokens(tokens: JsonObject): TokenReport | undefined {
  const { prompt, input, candidates, cached, thoughts, tool, total } = tokens;
  const whole = asCount(prompt) ?? (asCount(input) ?? 0) + (asCount(cached) ?? 0);
  return tokensOf(withoutUndefined({ input: whole, output: candidates, cached, thoughts, tool, total }));
}

/** A stream's sum has no word for thoughts and prompts of tools: they are what its total has beyond its parts. */
function streamTokens(stats: JsonObject): TokenReport | undefined {
  const { input_tokens: input, output_tokens: output, cached, total_tokens: total } = stats;
  const parts = tokensOf(withoutUndefined({ input, output, cached }));
  const whole = asCount(total) ?? 0;
  if (parts === undefined) return tokensOf({ total: whole });
  const beyond = whole - (asCount(input) ?? 0) - (asCount(output) ?? 0);
  const usage: UsageFields = { ...parts.usage, ...(beyond > 0 && { other_tokens: beyond }) };
  return { usage, deviates: total !== undefined && beyond < 0 };
}

function withoutUndefined(tokens: Record<string, JsonValue | undefined>): JsonObject {
  const told: JsonObject = {};
  for (const [name, value] of Object.entries(tokens)) if (value !== undefined) told[name] = value;
  return told;
}

function figures(source: JsonObject): JsonObject {
  const told: JsonObject = {};
  for (const [field, name] of [
    ['totalRequests', 'requests'],
    ['totalErrors', 'failed_requests'],
    ['totalLatencyMs', 'latency_ms'],
  ] as const) {
    const figure = asNumber(source[field]);
    if (figure !== undefined) told[name] = figure;
  }
  return told;
}

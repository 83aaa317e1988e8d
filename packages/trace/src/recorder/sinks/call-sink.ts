import { appendFileSync } from 'node:fs';

/** One model call, as the fourth seed's sink has it. Tokens are the provider's own counts: cached ones are inside the prompt's. */
export type LlmUsage = {
  model: string;
  /** Default: `openai`. */
  provider?: string;
  /** 0 or more, whole. */
  promptTokens: number;
  completionTokens: number;
  /** The answer came from a cache: no request was made. */
  cached?: boolean;
  /** Milliseconds, 0 or more. */
  requestMs?: number;
  requestId?: string;
  /** USD; wins over any price table. */
  cost?: number;
  /** Default: the stage that the environment names. */
  stage?: string;
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Appends a model call to the sink that a surrounding pipeline names (`INSTRUMENT_SINK`, `INSTRUMENT_STAGE`, `RUN_ID`): one
 * JSON line, in one write, so that lines of several processes never mix. Without a sink it does nothing.
 *
 * @returns whether the line was written; false also where the disk refuses it, which is told once on stderr.
 * @throws RangeError with a sentence for counts that cannot be: they would be wrong in every sum.
 */
export function logLlmUsage(usage: LlmUsage, environment: Environment = process.env): boolean {
  const sink = environment.INSTRUMENT_SINK;
  if (!sink) return false;
  if (typeof usage.model !== 'string' || usage.model === '')
    throw new RangeError('logLlmUsage needs the name of the model as "model".');
  const { promptTokens, completionTokens, requestMs, cost } = usage;
  checked('promptTokens', promptTokens, true);
  checked('completionTokens', completionTokens, true);
  if (requestMs !== undefined) checked('requestMs', requestMs, false);
  if (cost !== undefined) checked('cost', cost, false);
  const stage = usage.stage ?? (environment.INSTRUMENT_STAGE || undefined);
  const line = JSON.stringify({
    schema_version: 'instrumentation_call_v1',
    model: usage.model,
    provider: usage.provider ?? 'openai',
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    cached: usage.cached === true,
    request_ms: requestMs ?? null,
    request_id: usage.requestId ?? null,
    cost: cost ?? null,
    created_at: new Date().toISOString(),
    stage_id: stage ?? null,
    run_id: environment.RUN_ID || null,
  });
  try {
    appendFileSync(sink, `${line}\n`);
    return true;
  } catch (error) {
    tellOnce(`the sink ${sink} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

function checked(name: string, value: unknown, whole: boolean): void {
  const good =
    typeof value === 'number' && value >= 0 && (whole ? Number.isSafeInteger(value) : value < Infinity);
  if (!good)
    throw new RangeError(
      `logLlmUsage: "${name}" is ${String(value)}, expected ${whole ? 'a whole number' : 'a number'} of at least 0.`,
    );
}

let told = false;

function tellOnce(sentence: string): void {
  if (told) return;
  told = true;
  try {
    process.stderr.write(`tacho: ${sentence}\n`);
  } catch {
    // Nobody listens.
  }
}

import { asCount, asNumber } from '../../model/json.ts';
import { totalTokens, type Usage } from '../../model/usage.ts';
import { handUsage, type Raw, shapeOf, type UsageShape, usageOfTotal } from './usage-shapes.ts';

/** What a model's answer says about its own making. */
export type ResponseUsage = {
  usage: Usage;
  /** An answer, or its usage object: logged twice, it counts once. False for numbers put together by hand. */
  isAnswer: boolean;
  model?: string | undefined;
  provider?: string | undefined;
  /** The provider's id of the answer: the same answer counts once. */
  responseId?: string | undefined;
  /** How long the provider says the call took, in milliseconds. */
  requestMs?: number | undefined;
  /** The source's own total, when it is not the sum of the parts. */
  deviatingTotal?: number | undefined;
  serviceTier?: string | undefined;
};

/**
 * Reads tokens from an answer of OpenAI (chat, responses), Anthropic, Gemini, Ollama, Bedrock or the Vercel AI SDK, from its
 * usage object alone, from numbers in our own buckets, or from one number. Undefined when nothing in it counts tokens.
 */
export function usageOfResponse(response: unknown): ResponseUsage | undefined {
  if (typeof response === 'number') {
    const total = asCount(response);
    return total === undefined ? undefined : { usage: usageOfTotal(total), isAnswer: false };
  }
  if (typeof response !== 'object' || response === null) return undefined;
  try {
    const answer = response as Raw;
    const usage = handUsage(answer);
    if (usage === undefined) return readAnswer(answer);
    return answer.model === undefined
      ? { usage, isAnswer: false }
      : { usage, isAnswer: false, model: text(answer.model) };
  } catch {
    // A getter that throws, a proxy that was revoked.
    return undefined;
  }
}

/** Places by worth: the whole of an answer in several steps comes before its last step. */
function readAnswer(answer: Raw): ResponseUsage | undefined {
  return (
    readSource(answer, answer.totalUsage) ??
    readSource(answer, answer.usage) ??
    readSource(answer, answer.usageMetadata ?? answer.usage_metadata) ??
    readSource(answer, answer.response?.usage ?? answer.message?.usage) ??
    readSource(answer, answer)
  );
}

function readSource(answer: Raw, source: Raw | undefined): ResponseUsage | undefined {
  if (typeof source !== 'object' || source === null) return undefined;
  const shape = shapeOf(source);
  return shape === undefined ? undefined : describe(answer, source, shape);
}

function describe(answer: Raw, source: Raw, shape: UsageShape): ResponseUsage {
  const usage = shape.read(source);
  const reported = shape.total?.(source);
  const isAnswer = source !== answer || (shape.name !== 'plain' && shape.name !== 'total-only');
  const requestNs = shape.name === 'ollama' ? asNumber(answer.total_duration) : undefined;
  return {
    usage,
    isAnswer,
    model:
      text(answer.model) ?? text(answer.modelVersion) ?? text(answer.modelId) ?? inner(answer, 'modelId'),
    provider: (answer.type as unknown) === 'message' ? 'anthropic' : shape.provider,
    responseId: isAnswer ? (text(answer.id) ?? text(answer.responseId) ?? inner(answer, 'id')) : undefined,
    requestMs: requestNs === undefined ? undefined : requestNs / 1e6,
    deviatingTotal: reported !== undefined && reported !== totalTokens(usage) ? reported : undefined,
    serviceTier: text(source.service_tier) ?? text(answer.service_tier),
  };
}

/** The AI SDK keeps what the provider sent in `response`, streams of Anthropic in `message`. */
function inner(answer: Raw, field: string): string | undefined {
  return text(answer.response?.[field]) ?? text(answer.message?.[field === 'modelId' ? 'model' : field]);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

import { asCount, asNumber, asString, isObject } from '../../model/json.ts';
import { totalTokens, type Usage } from '../../model/usage.ts';
import { type Figures, USAGE_SHAPES, type UsageShape, wholeUsage } from './usage-shapes.ts';

/** What a model's answer says about its own making. */
export type ResponseUsage = {
  usage: Usage;
  /** An answer, or its usage object: logged twice, it counts once. False for numbers put together by hand. */
  isAnswer: boolean;
  model?: string;
  provider?: string;
  /** The provider's id of the answer: the same answer counts once. */
  responseId?: string;
  /** How long the provider says the call took, in milliseconds. */
  requestMs?: number;
  /** The source's own total, when it is not the sum of the parts. */
  deviatingTotal?: number;
  serviceTier?: string;
};

/** Where an answer keeps its usage. The whole of a several-step answer comes before its last step. */
const PLACES = ['totalUsage', 'usage', 'usageMetadata', 'usage_metadata', 'response.usage', 'message.usage'];

/**
 * Reads tokens from an answer of OpenAI (chat, responses), Anthropic, Gemini, Ollama, Bedrock or the Vercel AI SDK, from its
 * usage object alone, from numbers in our own buckets, or from one number. Undefined when nothing in it counts tokens.
 */
export function usageOfResponse(response: unknown): ResponseUsage | undefined {
  if (typeof response === 'number') {
    const otherTokens = asCount(response);
    return otherTokens === undefined
      ? undefined
      : { usage: wholeUsage({ otherTokens }, undefined), isAnswer: false };
  }
  if (typeof response !== 'object' || response === null) return undefined;
  for (const source of [...PLACES.map((place) => at(response, place)), response]) {
    if (typeof source !== 'object' || source === null) continue;
    const shape = USAGE_SHAPES.find(
      ({ matches, nests }) =>
        matches.some((name) => asCount(at(source, name)) !== undefined) ||
        nests?.some((name) => isObject(at(source, name))),
    );
    if (shape !== undefined) return describe(response, source, shape);
  }
  return undefined;
}

function describe(response: object, source: object, shape: UsageShape): ResponseUsage {
  const figures: Figures = (path) => asCount(at(source, path));
  const usage = wholeUsage(shape.read(figures), figures('requests'));
  const reported = shape.total === undefined ? undefined : figures(shape.total);
  const model = firstText(response, [
    'model',
    'modelVersion',
    'modelId',
    'response.modelId',
    'response.model',
  ]);
  const responseId = firstText(response, ['id', 'responseId', 'response.id', 'response_id']);
  const provider = at(response, 'type') === 'message' ? 'anthropic' : shape.provider;
  const requestNs = shape.name === 'ollama' ? asNumber(at(response, 'total_duration')) : undefined;
  const serviceTier = firstText(source, ['service_tier']) ?? firstText(response, ['service_tier']);
  return {
    usage,
    isAnswer: source !== response || (shape.name !== 'plain' && shape.name !== 'total-only'),
    ...(model !== undefined && { model }),
    ...(provider !== undefined && { provider }),
    ...(responseId !== undefined && source !== response && { responseId }),
    ...(requestNs !== undefined && { requestMs: requestNs / 1e6 }),
    ...(reported !== undefined && reported !== totalTokens(usage) && { deviatingTotal: reported }),
    ...(serviceTier !== undefined && { serviceTier }),
  };
}

function firstText(source: object, places: readonly string[]): string | undefined {
  for (const place of places) {
    const found = at(source, place);
    if (typeof found === 'string') return asString(found);
  }
  return undefined;
}

/** The value at a path of names. Getters that throw count as nothing. */
function at(source: object, path: string): unknown {
  let value: unknown = source;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    try {
      value = (value as Record<string, unknown>)[name];
    } catch {
      return undefined;
    }
  }
  return value;
}

import type { Provider } from '@pydantic/genai-prices';
import { findProvider } from './library.ts';

/** Words for providers, in the wild, that the price table calls otherwise. What only passes calls on is no provider: ''. */
const ALIASES: Record<string, string> = {
  'amazon-bedrock': 'aws',
  'aws.bedrock': 'aws',
  aws_bedrock: 'aws',
  bedrock: 'aws',
  converse: 'aws',
  'az.ai.inference': 'azure',
  'az.ai.openai': 'azure',
  'azure.ai.inference': 'azure',
  'azure.ai.openai': 'azure',
  azure_ai: 'azure',
  azure_openai: 'azure',
  'claude-code': 'anthropic',
  codex: 'openai',
  fireworks_ai: 'fireworks',
  'gcp.gemini': 'google',
  'gcp.vertex_ai': 'google',
  gemini: 'google',
  models: 'google',
  publishers: 'google',
  vertex_ai: 'google',
  grok: 'x-ai',
  x_ai: 'x-ai',
  xai: 'x-ai',
  mistral_ai: 'mistral',
  mistralai: 'mistral',
  moonshot: 'moonshotai',
  together_ai: 'together',
  helicone: '',
  langchain: '',
  litellm: '',
  litellm_proxy: '',
  portkey: '',
};

const AWS_REGION = /^(?:us|eu|ap|ca|sa|me|af|il|mx)(?:-gov)?-[a-z]+-\d$/;
/** Bedrock's ids: `us.anthropic.claude-…`, `amazon.nova-…`. */
const BEDROCK_ID =
  /^(?:[a-z-]+\.)?(?:anthropic|amazon|meta|mistral|cohere|ai21|deepseek|openai|qwen|writer)\.[a-z]/;

/** The provider that a word names: undefined when nobody knows it, null when the word names none. */
function named(word: string): Provider | null | undefined {
  const lower = word.trim().toLowerCase();
  const id = Object.hasOwn(ALIASES, lower) ? ALIASES[lower]! : lower;
  if (id === '') return null;
  return AWS_REGION.test(id) ? findProvider({ providerId: 'aws' }) : findProvider({ providerId: id });
}

/**
 * Whose price list counts: the provider that the call names, else the one that its model's name begins with, else the
 * model's maker. Undefined for a provider without a price list (one's own machine): its price is not its maker's.
 */
export function providerOf(model: string, provider: string | undefined): Provider | undefined {
  const said = provider === undefined || provider === '' ? null : named(provider);
  if (said !== null) return said;
  const steps = model.toLowerCase().split('/');
  for (const step of steps.slice(0, -1)) {
    const found = named(step);
    if (found) return found;
  }
  const last = steps.at(-1)!;
  if (BEDROCK_ID.test(last)) return findProvider({ providerId: 'aws' });
  return findProvider({ modelId: last.replace(/^ft:/, '') });
}

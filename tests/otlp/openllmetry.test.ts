import * as anthropic from '@anthropic-ai/sdk';
import { AnthropicInstrumentation } from '@traceloop/instrumentation-anthropic';
import { OpenAIInstrumentation } from '@traceloop/instrumentation-openai';
import OpenAI from 'openai';
import { OPENAI_MODEL } from './fake-provider.ts';
import { providerSuite } from './provider-suite.ts';

providerSuite(
  ({ provider }) => {
    const openai = new OpenAIInstrumentation();
    openai.manuallyInstrument(OpenAI);
    const claude = new AnthropicInstrumentation();
    claude.manuallyInstrument(anthropic as never);
    for (const each of [openai, claude]) each.setTracerProvider(provider);
  },
  {
    openaiCache: false,
    openaiReasoning: false,
    openaiStreamUsage: false,
    openaiStreamModel: OPENAI_MODEL,
  },
);

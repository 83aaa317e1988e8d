import Anthropic from '@anthropic-ai/sdk';
import { AnthropicInstrumentation } from '@arizeai/openinference-instrumentation-anthropic';
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import OpenAI from 'openai';
import { providerSuite } from './provider-suite.ts';

providerSuite(
  () => {
    new OpenAIInstrumentation().manuallyInstrument(OpenAI);
    new AnthropicInstrumentation().manuallyInstrument(Anthropic as never);
  },
  { openaiCache: true, openaiReasoning: true, openaiStreamUsage: false, openaiStreamModel: 'gpt-4o' },
);

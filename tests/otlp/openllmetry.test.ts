import * as anthropic from '@anthropic-ai/sdk';
import * as callbackManager from '@langchain/core/callbacks/manager';
import { AnthropicInstrumentation } from '@traceloop/instrumentation-anthropic';
import { LangChainInstrumentation } from '@traceloop/instrumentation-langchain';
import { OpenAIInstrumentation } from '@traceloop/instrumentation-openai';
import OpenAI from 'openai';
import { providerSuite } from './provider-suite.ts';

providerSuite(
  ({ provider }) => {
    const openai = new OpenAIInstrumentation();
    openai.manuallyInstrument(OpenAI);
    const claude = new AnthropicInstrumentation();
    claude.manuallyInstrument(anthropic as never);
    const langchain = new LangChainInstrumentation();
    langchain.manuallyInstrument({ callbackManagerModule: callbackManager });
    for (const each of [openai, claude, langchain]) each.setTracerProvider(provider);
  },
  {
    openaiCache: false,
    openaiReasoning: false,
    openaiStreamUsage: false,
    langchainTool: 'DynamicStructuredTool',
  },
);

import Anthropic from '@anthropic-ai/sdk';
import { AnthropicInstrumentation } from '@arizeai/openinference-instrumentation-anthropic';
import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain';
import { OpenAIInstrumentation } from '@arizeai/openinference-instrumentation-openai';
import * as callbackManager from '@langchain/core/callbacks/manager';
import OpenAI from 'openai';
import { providerSuite } from './provider-suite.ts';

providerSuite(
  () => {
    new OpenAIInstrumentation().manuallyInstrument(OpenAI);
    new AnthropicInstrumentation().manuallyInstrument(Anthropic as never);
    new LangChainInstrumentation().manuallyInstrument(callbackManager as never);
  },
  { openaiCache: true, openaiReasoning: true, openaiStreamUsage: true, langchainTool: 'get_weather' },
);

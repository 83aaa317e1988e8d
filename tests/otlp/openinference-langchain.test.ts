import { LangChainInstrumentation } from '@arizeai/openinference-instrumentation-langchain';
import * as callbackManager from '@langchain/core/callbacks/manager';
import { langchainSuite } from './langchain-suite.ts';

langchainSuite(() => new LangChainInstrumentation().manuallyInstrument(callbackManager as never), {
  chain: 'weather-chain',
  tool: 'get_weather',
  nests: true,
  usage: { inputTokens: 176, cacheReadTokens: 1024, outputTokens: 50, reasoningTokens: 40 },
});

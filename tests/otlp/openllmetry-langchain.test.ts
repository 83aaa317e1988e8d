import * as callbackManager from '@langchain/core/callbacks/manager';
import { LangChainInstrumentation } from '@traceloop/instrumentation-langchain';
import { langchainSuite } from './langchain-suite.ts';

langchainSuite(
  ({ provider }) => {
    const langchain = new LangChainInstrumentation();
    langchain.manuallyInstrument({ callbackManagerModule: callbackManager });
    langchain.setTracerProvider(provider);
  },
  {
    chain: 'workflow RunnableLambda',
    tool: 'DynamicStructuredTool',
    nests: false,
    usage: { inputTokens: 1200, outputTokens: 90 },
  },
);

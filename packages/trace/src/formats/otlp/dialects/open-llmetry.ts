import { count, type Dialect, json, kindBy, text } from './rule.ts';

/** OpenLLMetry. Its Anthropic figures are additive under the names of GenAI, whose counts are subsets: the sizes tell. */
export const openLlmetry: Dialect = {
  name: 'open-llmetry',
  basis: 'unsaid',
  rules: [
    [
      'traceloop.span.kind',
      'kind',
      kindBy({
        workflow: { kind: 'agent', role: 'workflow' },
        agent: { kind: 'agent' },
        tool: { kind: 'tool' },
        task: { kind: 'task' },
      }),
    ],
    ['traceloop.entity.name', 'toolName', text],
    ['traceloop.entity.input', 'inputs', json],
    ['traceloop.entity.output', 'outputs', json],
    ['llm.usage.prompt_tokens', 'inputTokens', count],
    ['llm.usage.completion_tokens', 'outputTokens', count],
  ],
};

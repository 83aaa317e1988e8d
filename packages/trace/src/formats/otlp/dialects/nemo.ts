import { type Dialect, type KindWord, kindRules, text } from './rule.ts';

/** What the toolkit calls its spans. Functions and tasks of it are tasks, by their own words. */
const KINDS: Record<string, KindWord> = {
  workflow: { kind: 'agent', role: 'workflow' },
  agent: { kind: 'agent' },
  llm: { kind: 'llm' },
  tool: { kind: 'tool' },
  embedder: { kind: 'embedding' },
  retriever: { kind: 'retrieval' },
  reranker: { kind: 'retrieval', role: 'reranker' },
  guardrail: { kind: 'evaluation', role: 'guardrail' },
  evaluator: { kind: 'evaluation' },
};

/**
 * NeMo Agent Toolkit (`aiq` until 1.1), beside OpenInference's names, in which a workflow is a chain. The span of a whole
 * run is named `<workflow>`, whatever ran.
 */
export const nemo: Dialect = {
  cache: 'unsaid',
  reasoning: 'unsaid',
  rules: ['nat', 'aiq'].flatMap((prefix) => [
    ...kindRules(`${prefix}.span.kind`, KINDS),
    [`${prefix}.subspan.name`, 'runName', text] as const,
    [`${prefix}.conversation.id`, 'sessionId', text] as const,
  ]),
};

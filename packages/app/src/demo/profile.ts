/** The run that the demo records: the profile of the second seed, with names of a made-up project. */
export type AgentPlan = {
  name: string;
  role: string;
  /** Model calls, each followed by tools. */
  calls: number;
  /** What goes wrong with it. */
  fate?: 'rate-limit' | 'timeout' | 'stall';
};
export type StagePlan = { name: string; agents: readonly AgentPlan[]; parallel: boolean };

const library = (name: string, calls: number, fate?: AgentPlan['fate']): AgentPlan => ({
  name,
  role: 'library-analysis',
  calls,
  ...(fate && { fate }),
});
const application = (name: string, calls: number, fate?: AgentPlan['fate']): AgentPlan => ({
  name,
  role: 'application-analysis',
  calls,
  ...(fate && { fate }),
});

export const STAGES: readonly StagePlan[] = [
  {
    name: 'depth-0 libraries',
    parallel: true,
    agents: [
      library('common', 5),
      library('core', 6),
      library('encoding', 5),
      library('kzg', 8),
      library('crypto', 6),
      library('indexer', 5),
      library('api', 6),
      library('relay', 4, 'rate-limit'),
      library('metrics', 4),
    ],
  },
  {
    name: 'depth-N libraries',
    parallel: false,
    agents: [
      'chainio',
      'churner/lib',
      'disperser/lib',
      'node/lib',
      'retriever/lib',
      'operators',
      'tools',
      'eth',
      'geth',
      'kvstore',
      'litt',
      'throttle',
      'payments',
      'auth',
      'healthcheck',
    ].map((name) => library(name, 1)),
  },
  {
    name: 'applications',
    parallel: true,
    agents: [
      application('disperser', 6),
      application('batcher', 5),
      application('node', 7),
      application('churner', 5),
      application('retriever', 4, 'timeout'),
      application('relay-server', 6),
      application('proxy', 5),
      application('dataapi', 5),
      application('controller', 4, 'stall'),
      application('ejector', 4),
    ],
  },
  { name: 'synthesis', parallel: false, agents: [{ name: 'synthesizer', role: 'synthesizer', calls: 3 }] },
];

/** What an agent says and does, one step a model call; taken in turn. */
export const STEPS: readonly {
  says: string;
  tools: readonly { name: string; input: Record<string, string>; result: string; ms: number }[];
}[] = [
  {
    says: 'I will find the entry points first, then follow what they import.',
    tools: [
      { name: 'Glob', input: { pattern: '**/*.go' }, result: '84 files', ms: 120 },
      { name: 'Grep', input: { pattern: 'func main\\(' }, result: '3 matches in 3 files', ms: 260 },
    ],
  },
  {
    says: 'The registration happens in the server package. Reading it together with its configuration.',
    tools: [
      { name: 'Read', input: { file_path: 'server/server.go' }, result: '412 lines', ms: 90 },
      { name: 'Read', input: { file_path: 'config/flags.go' }, result: '168 lines', ms: 70 },
    ],
  },
  {
    says: 'To see how it behaves I will run its tests with a short timeout.',
    tools: [
      { name: 'Bash', input: { command: 'go test ./... -short' }, result: 'ok  	14 packages', ms: 900 },
    ],
  },
  {
    says: 'Who depends on this? The imports tell.',
    tools: [
      { name: 'Grep', input: { pattern: 'import .*core' }, result: '27 matches in 19 files', ms: 210 },
      { name: 'Read', input: { file_path: 'go.mod' }, result: '96 lines', ms: 60 },
    ],
  },
  {
    says: 'That is enough for a description: purpose, public surface, dependencies, risks.',
    tools: [{ name: 'Write', input: { file_path: 'analysis.md' }, result: 'written', ms: 110 }],
  },
];

/** What the evaluator says of the report, round by round. */
export const JUDGED = [
  { overall: 7.65, dimensions: { relevance: 9, completeness: 8, depth: 7, specificity: 6, structure: 9 } },
  { overall: 8.45, dimensions: { relevance: 9, completeness: 9, depth: 8, specificity: 7, structure: 9 } },
] as const;

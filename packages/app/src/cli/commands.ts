import type { Command } from './command.ts';

/** Every command. Loaded when it is run: `tacho --help` needs no database, and `tacho runs` no browser. */
export const COMMANDS: readonly {
  readonly name: string;
  readonly summary: string;
  /** Other names that it answers to; help leaves them out. */
  readonly aliases?: readonly string[];
  readonly load: () => Promise<Command>;
}[] = [
  {
    name: 'serve',
    summary: 'follow logs and show the live dashboard (what `tacho` alone does)',
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  {
    name: 'import',
    summary: 'read logs and sessions, of Tacho and of other tools, into the store',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  {
    name: 'runs',
    summary: 'list runs',
    load: async () => (await import('./commands/runs.ts')).runs,
  },
  {
    name: 'inspect',
    summary: 'tell what happened in the last run, or in any other',
    load: async () => (await import('./commands/inspect.ts')).inspect,
  },
  {
    name: 'explain',
    summary: 'say which calls make up the tokens and the cost of a run, and which do not count',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  {
    name: 'breakdown',
    summary: 'take a run apart by stage, agent, tool and model: time, calls, tokens, cost',
    load: async () => (await import('./commands/breakdown.ts')).breakdown,
  },
  {
    name: 'tools',
    summary: 'say what tools were used for and how their calls went: in one run, or in many',
    load: async () => (await import('./commands/tools.ts')).tools,
  },
  {
    name: 'decisions',
    summary: 'tell what was decided in a run, and why: the way from the question to the result',
    load: async () => (await import('./commands/decisions.ts')).decisions,
  },
  {
    name: 'path',
    summary: 'say what decided how long a run took, and what would have made it shorter',
    load: async () => (await import('./commands/path.ts')).path,
  },
  {
    name: 'diff',
    summary: 'set two runs beside each other, or the failing runs beside the passing ones',
    load: async () => (await import('./commands/diff.ts')).diff,
  },
  {
    name: 'watch',
    summary: 'show in the terminal what a run is doing, until it is over',
    load: async () => (await import('./commands/watch.ts')).watch,
  },
  {
    name: 'sessions',
    summary: 'list sessions: what their runs came to together',
    load: async () => (await import('./commands/sessions.ts')).sessions,
  },
  {
    name: 'search',
    summary: 'find a text in all runs: names, tasks, labels, inputs, outputs, errors, attributes',
    load: async () => (await import('./commands/search.ts')).search,
  },
  {
    name: 'query',
    summary: 'answer SQL of your own over the stored runs, spans and scores',
    load: async () => (await import('./commands/query.ts')).query,
  },
  {
    name: 'collect',
    summary: 'say what agents did with code: phases, files, tests, edits, errors',
    load: async () => (await import('./commands/collect.ts')).collect,
  },
  {
    name: 'prices',
    summary: 'say what a model costs and where that price stands, or which tables are in force',
    load: async () => (await import('./commands/prices.ts')).prices,
  },
  {
    name: 'reprice',
    summary: 'price stored runs anew, with the prices in force or with a table of your own',
    load: async () => (await import('./commands/reprice.ts')).reprice,
  },
  {
    name: 'compare',
    summary: 'say whether runs got better or worse than others, or whether nobody can tell',
    load: async () => (await import('./commands/compare.ts')).compare,
  },
  {
    name: 'report',
    summary: 'say what many runs came to, by agent, benchmark and model, and over time',
    aliases: ['analytics'],
    load: async () => (await import('./commands/report.ts')).report,
  },
  {
    name: 'export',
    summary: 'write runs in another format',
    load: async () => (await import('./commands/export.ts')).exportCommand,
  },
  {
    name: 'manifest',
    summary: 'write run_manifest.json into every trial of benchmark jobs',
    load: async () => (await import('./commands/manifest.ts')).manifest,
  },
  {
    name: 'formats',
    summary: 'list the formats that can be read, written and followed',
    load: async () => (await import('./commands/formats.ts')).formats,
  },
  {
    name: 'exec',
    summary: 'run a command and record what it took: time, processor, memory, model calls',
    load: async () => (await import('./commands/exec.ts')).exec,
  },
  {
    name: 'pipeline',
    summary: 'run the stages of a recipe, and record what each took and cost',
    load: async () => (await import('./commands/pipeline.ts')).pipeline,
  },
  {
    name: 'validate',
    summary: 'check files of Tacho against their published schemas',
    load: async () => (await import('./commands/validate.ts')).validate,
  },
  {
    name: 'demo',
    summary: 'run and record a program with 35 agents, and watch it live',
    load: async () => (await import('./commands/demo.ts')).demo,
  },
  {
    name: 'doctor',
    summary: 'check that everything Tacho needs is in order',
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
];

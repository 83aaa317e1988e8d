import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { RunTrace, type SpanHandle } from '@tacho/trace';
import { type AgentPlan, JUDGED, STAGES, STEPS } from './profile.ts';

/**
 * A program like those that Tacho is for: it does its work (here: waiting) and records it with the public recorder. Run
 * by `tacho demo` in a process of its own; where it records is said by TACHO_DIR and TACHO_URL, as for any program.
 */
const { values } = parseArgs({ options: { speed: { type: 'string', default: '1' } } });
const speed = Math.max(0.05, Number(values.speed) || 1);

const MODEL = 'claude-sonnet-4-6';
const HELPER_MODEL = 'claude-haiku-4-5';
const CALL_MS = 1150;
const STALL_MS = 21_000;

/** Always the same numbers: two demo runs can be compared. */
let seed = 20260408;
const random = (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};
const work = (ms: number): Promise<void> => pause((ms * (0.6 + 0.8 * random())) / speed);

const trace = new RunTrace({
  task: 'Analyse every library and application of the repository and write its architecture',
  name: 'eigenda · cold analysis',
  taskType: 'research',
  project: 'demo',
  sessionId: 'tacho-demo',
  labels: {
    agent: 'flashlight',
    variant: 'cold',
    source_repo: 'github.com/Layr-Labs/eigenda',
    source_commit: '61019b4',
  },
  producerModel: MODEL,
  evaluatorModel: HELPER_MODEL,
  skills: ['go', 'architecture'],
  tacHours: 6,
  plan: [
    { stage: 'discovery' },
    ...STAGES.map(({ name, agents }) => ({ stage: name, agents: agents.length })),
  ],
});

class RateLimitError extends TypeError {
  override name = 'TypeError';
}

/** What an agent has read so far: it grows with every step, and most of it comes from the cache. */
type Context = { tokens: number };

/** One model call of an agent, as the Anthropic API answers it. */
async function ask(
  parent: SpanHandle,
  model: string,
  question: string,
  answer: string,
  ms: number,
  context: Context,
): Promise<void> {
  const call = parent.start(model, {
    kind: 'llm',
    model,
    provider: 'anthropic',
    inputs: { messages: [{ role: 'user', content: question }] },
  });
  await work(ms * 0.3);
  call.firstToken();
  await work(ms * 0.7);
  const cached = context.tokens;
  const added = Math.round(900 + 2600 * random()) + (cached === 0 ? 4200 : 0);
  context.tokens += added;
  call.logUsage({
    id: `msg_demo_${call.id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [{ type: 'text', text: answer }],
    usage: {
      input_tokens: Math.round(40 + 300 * random()),
      cache_read_input_tokens: cached,
      cache_creation_input_tokens: added,
      output_tokens: Math.round(180 + 700 * random()),
    },
  });
  call.setOutputs({ role: 'assistant', content: [{ type: 'text', text: answer }] });
  call.end();
}

async function useTool(
  parent: SpanHandle,
  tool: (typeof STEPS)[number]['tools'][number],
  fails: boolean,
): Promise<void> {
  const span = parent.start(tool.name, { kind: 'tool', tool: tool.name, inputs: tool.input });
  await work(tool.ms);
  if (fails) {
    const error = new Error(`${tool.name} timed out after 120 s`);
    span.fail(error);
    throw error;
  }
  span.setOutputs(tool.result);
  span.end();
}

/** One agent: model calls, tools between them, and its fate. */
async function runAgent(stage: SpanHandle, plan: AgentPlan): Promise<void> {
  await stage.span(plan.name, { kind: 'agent', role: plan.role, component: plan.name }, async (agent) => {
    agent.setInputs({
      messages: [
        { role: 'user', content: `Analyse ${plan.name}: purpose, public surface, what it depends on.` },
      ],
    });
    const context: Context = { tokens: 0 };
    for (let step = 0; step < plan.calls; step++) {
      const { says, tools } = STEPS[step % STEPS.length]!;
      const last = step === plan.calls - 1;
      const question = step === 0 ? `Analyse ${plan.name}.` : 'Go on.';
      if (last && plan.fate === 'rate-limit') {
        const call = agent.start(MODEL, { kind: 'llm', model: MODEL, provider: 'anthropic' });
        await work(CALL_MS);
        const error = new RateLimitError('rate limit: 429 from the provider, five retries used up');
        call.fail(error);
        throw error;
      }
      if (last && plan.fate === 'stall') {
        agent.event('waiting for a lock', { file: 'analysis.lock' }, { level: 'warning' });
        const tool = agent.start('Bash', {
          kind: 'tool',
          tool: 'Bash',
          inputs: { command: 'flock analysis.lock make docs' },
        });
        await pause(STALL_MS / speed);
        tool.end();
      }
      await ask(agent, MODEL, question, says, CALL_MS, context);
      const fails = last && plan.fate === 'timeout';
      await Promise.all(tools.map((tool, i) => useTool(agent, tool, fails && i === tools.length - 1)));
    }
    agent.setOutputs({ role: 'assistant', content: `${plan.name}: described in analysis.md.` });
  });
}

await trace.span('discovery', { kind: 'stage' }, async (stage) => {
  const engine = stage.start('discovery engine', { kind: 'tool', tool: 'discover' });
  await work(900);
  engine.setOutputs({ libraries: 24, applications: 10 });
  engine.end();
  stage.decision('order of the analysis', {
    reasoning: 'Libraries without dependencies first and all at once; the others after what they depend on.',
    outputs: { 'depth 0': 9, 'depth N': 15, applications: 10 },
  });
});

/** The report is judged, revised and judged again, as long as that is worth it. */
async function judge(stage: SpanHandle): Promise<void> {
  for (const [i, { overall, dimensions }] of JUDGED.entries()) {
    await stage.span(`evaluation r${i + 1}`, { kind: 'evaluation' }, (evaluation) =>
      ask(
        evaluation,
        HELPER_MODEL,
        'Judge the report by the five dimensions.',
        JSON.stringify(dimensions),
        700,
        { tokens: 0 },
      ),
    );
    trace.score('wiggum', overall, { round: i + 1, dimensions, max: 10, source: HELPER_MODEL });
  }
}

let failed = 0;
for (const { name, agents, parallel } of STAGES) {
  await trace.span(name, { kind: 'stage' }, async (stage) => {
    const outcomes: PromiseSettledResult<void>[] = [];
    if (parallel) outcomes.push(...(await Promise.allSettled(agents.map((agent) => runAgent(stage, agent)))));
    else for (const agent of agents) outcomes.push(...(await Promise.allSettled([runAgent(stage, agent)])));
    failed += outcomes.filter(({ status }) => status === 'rejected').length;
    if (name === 'synthesis') await judge(stage);
  });
}

const report = join(trace.path ?? tmpdir(), 'architecture.md');
writeFileSync(
  report,
  STAGES.flatMap(({ name, agents }) => [`## ${name}`, ...agents.map((agent) => `- ${agent.name}`), '']).join(
    '\n',
  ),
);
trace.setOutput(report);
await trace.end({ attributes: { agents_failed: failed } });

import type { SpanHandle } from '@tacho/trace';
import { DEFECTIVE, type Part, RATE_LIMITED, STALLING } from './cast.ts';
import { Conversation, LARGE_MODEL, RateLimitError, SMALL_MODEL } from './model.ts';
import type { Pace } from './pace.ts';
import { hangingTool, useTool } from './tools.ts';

/** Longer than any silence that counts as usual here, so that the page can say that the agent stalls. */
const STALL_SECONDS = 19;

const SYSTEM =
  'You analyse one component of a repository and report its responsibilities, interfaces and dependencies.';

export type Finding = { readonly part: Part; readonly text: string };

/** One analysis by one agent: turns of a model call and the tools it asks for, in about so many seconds. */
export async function analyse(
  stage: SpanHandle,
  part: Part,
  role: string,
  pace: Pace,
  seconds: number,
  known: readonly Finding[],
): Promise<Finding> {
  const dependencies = known.slice(-3).map((finding) => finding.part.name);
  const task = `Analyse ${part.path}: ${part.about}.${dependencies.length > 0 ? ` Build on: ${dependencies.join(', ')}.` : ''}`;
  const options = {
    kind: 'agent',
    role,
    component: part.name,
    inputs: { task, path: part.path, dependencies },
  };
  return stage.span(part.name, options, async (agent) => {
    agent.nameLane(part.name);
    const model = role === 'application-analysis' ? LARGE_MODEL : pace.one([LARGE_MODEL, SMALL_MODEL]);
    const talk = new Conversation(pace, model, SYSTEM, task);
    const turns = Math.max(2, Math.round(seconds / 2.4));
    for (let turn = 1; turn < turns; turn++) {
      await talk.answer(agent, (seconds / turns) * 0.66, thought(part, turn, pace));
      if (part.name === DEFECTIVE && turn === turns - 1) readImports(agent);
      await useTools(agent, talk, part, pace);
      if (part.name === STALLING && turn === 2)
        talk.hear(await hangingTool(agent, part, pace, STALL_SECONDS));
      if (part.name === RATE_LIMITED && turn === 2) await beLimited(agent, talk, pace);
    }
    const text = report(part, dependencies);
    await talk.answer(agent, (seconds / turns) * 0.9, text);
    agent.setOutputs({ analysis: text });
    return { part, text };
  });
}

async function useTools(agent: SpanHandle, talk: Conversation, part: Part, pace: Pace): Promise<void> {
  const results = await Promise.all(
    Array.from({ length: pace.count(1, 3) }, () => useTool(agent, part, pace)),
  );
  for (const result of results) talk.hear(result);
}

/** The analysis trips over generated code: an ordinary defect, with its real stack. */
function readImports(agent: SpanHandle): void {
  agent.event('parsed', { file: 'binding.go', declarations: 0 }, { level: 'warning' });
  const parsed: { imports?: { paths: string[] } } = {};
  // The defect: nobody checked that generated files have imports.
  (parsed.imports as { paths: string[] }).paths.sort();
}

/** Refused twice, with a wait in between; the second refusal is final. */
async function beLimited(agent: SpanHandle, talk: Conversation, pace: Pace): Promise<void> {
  try {
    await talk.answer(agent, 1.2, '', new RateLimitError());
  } catch (error) {
    agent.event('retry', { attempt: 1, reason: String(error), wait_s: 2 }, { level: 'warning' });
    await pace.wait(2);
    await talk.answer(agent, 1.2, '', new RateLimitError());
  }
}

const THOUGHTS = [
  'I will list the files of the package first, then read its types.',
  'The constructor takes a config and a logger; I will look for its callers.',
  'The interface is small. Next: which errors can it return, and who retries?',
  'There is a cache in front of the chain reader. I will check how it is invalidated.',
  'Tests cover the happy path only; I will note that as a risk.',
];

function thought(part: Part, turn: number, pace: Pace): string {
  return turn === 1 ? `${part.name}: ${THOUGHTS[0]}` : pace.one(THOUGHTS);
}

function report(part: Part, dependencies: readonly string[]): string {
  const needs = dependencies.length > 0 ? dependencies.join(', ') : 'nothing else of this repository';
  return (
    `## ${part.name}\n\n\`${part.path}\` holds ${part.about}. It depends on ${needs}.\n\n` +
    `- Entry points: constructors with a config, and a background loop that ends with its context.\n` +
    `- State: in memory, rebuilt at start; nothing is shared between requests.\n` +
    `- Risk: retries have no jitter, so that a restart of many nodes comes at once.\n`
  );
}

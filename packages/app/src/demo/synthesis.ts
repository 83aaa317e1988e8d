import type { RunTrace, SpanHandle } from '@tacho/trace';
import type { Finding } from './agents.ts';
import { SYNTHESIZER } from './cast.ts';
import { Conversation, LARGE_MODEL, SMALL_MODEL } from './model.ts';
import type { Pace } from './pace.ts';
import { writeTool } from './tools.ts';

type Round = { value: number; label: string; dimensions: Record<string, number>; comment: string };

/** What the evaluator thinks of the draft, and of its revision. */
const ROUNDS: readonly Round[] = [
  {
    value: 7.65,
    label: 'REVISE',
    dimensions: { relevance: 9, completeness: 8, depth: 7, specificity: 6, structure: 9 },
    comment: 'Data flow is described in general terms; name the messages and where they are stored.',
  },
  {
    value: 8.45,
    label: 'PASS',
    dimensions: { relevance: 9, completeness: 9, depth: 8, specificity: 7, structure: 9 },
    comment: 'The life of a blob is complete now.',
  },
];

/** One agent writes the document, is judged, revises it, and is judged again. */
export async function synthesise(
  trace: RunTrace,
  findings: readonly Finding[],
  pace: Pace,
  output: string,
  write: (text: string) => void,
): Promise<void> {
  const document = documentOf(findings);
  await trace.span('synthesis', async (stage) => {
    const task = `Write docs/architecture.md from ${findings.length} analyses.`;
    const options = { kind: 'agent', role: 'synthesizer', component: SYNTHESIZER.name, inputs: { task } };
    await stage.span(SYNTHESIZER.name, options, async (agent) => {
      agent.nameLane(SYNTHESIZER.name);
      const talk = new Conversation(pace, LARGE_MODEL, 'You write architecture documents.', task);
      for (const { text } of findings) talk.hear(text);
      for (const [at, round] of ROUNDS.entries()) {
        await talk.answer(
          agent,
          at === 0 ? 4.5 : 2.8,
          at === 0 ? document.slice(0, 1_200) : 'Revised: added the life of a blob.',
        );
        await writeTool(agent, 'docs/architecture.md', pace, () => {
          write(document);
          return document.length;
        });
        await judge(trace, agent, at + 1, round, document, pace);
        talk.hear(round.comment);
      }
      agent.setOutputs({ path: 'docs/architecture.md', lines: document.split('\n').length });
    });
    trace.setOutput(output);
  });
}

async function judge(
  trace: RunTrace,
  agent: SpanHandle,
  no: number,
  round: Round,
  document: string,
  pace: Pace,
): Promise<void> {
  const { value, label, dimensions, comment } = round;
  await agent.span(
    `evaluate r${no}`,
    { kind: 'evaluation', inputs: { document: document.slice(0, 400) } },
    async (span) => {
      const talk = new Conversation(
        pace,
        SMALL_MODEL,
        'You judge documents by five dimensions.',
        document.slice(0, 2_000),
      );
      await talk.answer(span, 1.4, JSON.stringify({ value, label, dimensions, comment }));
      span.setOutputs({ value, label, dimensions, comment });
    },
  );
  trace.score('score', value, { round: no, dimensions, max: 10, label, comment, source: SMALL_MODEL });
}

function documentOf(findings: readonly Finding[]): string {
  const list = findings.map(({ part }) => `- **${part.name}** (\`${part.path}\`): ${part.about}`);
  return [
    '# Architecture of eigenda',
    '',
    '## Components',
    '',
    ...list,
    '',
    '## The life of a blob',
    '',
    '1. The API server authenticates and meters it, and puts it into the blob store.',
    '2. The controller asks an encoder for chunks and proofs, which go to the chunk store.',
    '3. Nodes fetch their chunks from relays, verify and sign them.',
    '4. The batcher aggregates signatures and confirms the batch on chain.',
    '',
    ...findings.map(({ text }) => text),
  ].join('\n');
}

import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { RunTrace } from '@tacho/trace';
import { analyse, type Finding } from './agents.ts';
import { APPLICATIONS, DEPTH_0, DEPTH_N, type Part } from './cast.ts';
import { LARGE_MODEL, SMALL_MODEL } from './model.ts';
import { Pace } from './pace.ts';
import { synthesise } from './synthesis.ts';

/** What `tacho demo` runs: a program with 35 agents that records itself, as any program would. Only its models are played. */
const TASK =
  'Document the architecture of eigenda: analyse every library and application, then write one document.';

/** Arguments: speed, and the folder of the runs (`-`: only to the server of TACHO_URL). */
const [speedText = '1', folder = '-'] = process.argv.slice(2);
const pace = new Pace(Number(speedText) || 1, 7);

const trace = new RunTrace({
  task: TASK,
  name: 'eigenda architecture',
  taskType: 'research',
  project: 'tacho-demo',
  sessionId: `demo-${new Date().toISOString().slice(0, 10)}`,
  labels: { agent: 'architecture-analyst', demo: true },
  sourceRepo: 'https://github.com/Layr-Labs/eigenda',
  sourceCommit: '61019b4',
  producerModel: LARGE_MODEL,
  evaluatorModel: SMALL_MODEL,
  skills: ['code-reading', 'architecture-writing'],
  tacHours: 8,
  dir: folder === '-' ? false : folder,
  plan: [
    { stage: 'discovery' },
    { stage: 'library_depth_0', agents: DEPTH_0.length },
    { stage: 'library_depth_n', agents: DEPTH_N.length },
    { stage: 'application_analysis', agents: APPLICATIONS.length },
    { stage: 'synthesis', agents: 1 },
  ],
});
// Whoever started this waits for the id.
process.stdout.write(`${trace.runId}\n`);

const findings: Finding[] = [];
await discover();
await inParallel('library_depth_0', DEPTH_0, 'library-analysis', () => pace.between(8, 13));
await inSequence('library_depth_n', DEPTH_N, 'library-analysis', () => pace.between(1.4, 2.2));
await inParallel('application_analysis', APPLICATIONS, 'application-analysis', () => pace.between(7, 13));
const output = join(trace.path ?? mkdtempSync(join(tmpdir(), 'tacho-demo-')), 'architecture.md');
mkdirSync(dirname(output), { recursive: true });
await synthesise(trace, findings, pace, output, (text) => writeFileSync(output, text));
await trace.end({ final: 'PASS', analysesWritten: findings.length + 1 });

async function discover(): Promise<void> {
  await trace.span('discovery', async (stage) => {
    await stage.span('discovery-engine', { kind: 'task', component: 'discovery' }, async (engine) => {
      await engine.span(
        'Glob',
        { kind: 'tool', tool: 'Glob', inputs: { pattern: '**/go.mod' } },
        async (span) => {
          await pace.wait(0.4);
          span.setOutputs('go.mod\ncontracts/bindings/go.mod\nrust/Cargo.toml');
        },
      );
      const inputs = { command: 'go list -json ./...', description: 'Read the dependency graph' };
      await engine.span('Bash', { kind: 'tool', tool: 'Bash', inputs }, async (span) => {
        await pace.wait(1.3);
        span.setOutputs(`${DEPTH_0.length + DEPTH_N.length} libraries, ${APPLICATIONS.length} applications`);
      });
      engine.decision('order of analysis', {
        reasoning:
          'Libraries without dependencies first and together; the others need the analysis of what they import.',
        outputs: { parallel: DEPTH_0.length, sequential: DEPTH_N.length, applications: APPLICATIONS.length },
      });
    });
    await stage.span('write manifest', { kind: 'tool', tool: 'Write' }, async (span) => {
      await pace.wait(0.2);
      span.setOutputs({ components: DEPTH_0.length + DEPTH_N.length + APPLICATIONS.length });
    });
  });
}

async function inParallel(
  name: string,
  parts: readonly Part[],
  role: string,
  seconds: () => number,
): Promise<void> {
  await trace.span(name, async (stage) => {
    // One that fails does not end the others; it shows in its own span.
    const all = parts.map((part) => analyse(stage, part, role, pace, seconds(), findings));
    for (const result of await Promise.allSettled(all))
      if (result.status === 'fulfilled') findings.push(result.value);
  });
}

async function inSequence(
  name: string,
  parts: readonly Part[],
  role: string,
  seconds: () => number,
): Promise<void> {
  await trace.span(name, async (stage) => {
    for (const part of parts) findings.push(await analyse(stage, part, role, pace, seconds(), findings));
  });
}

// A program that records a thousand spans a second: `node steady-program.mjs DIR SECONDS`. Five times a second one of them
// is an agent of its own, which gets a lane. Prints when each span and each new agent began, in µs.
import { RunTrace } from '@tacho/trace';

const [dir, seconds] = process.argv.slice(2);
const PER_SECOND = 1000;
const AGENTS = 20;
const TICK_MS = 10;
const PER_NEW_AGENT = 200;

const trace = new RunTrace({ task: 'bench', dir, artifacts: false });
const agents = Array.from({ length: AGENTS }, (_, i) => trace.start(`agent ${i}`, { kind: 'agent' }));
const total = Number(seconds) * PER_SECOND;
const startedMs = performance.now();
const startsUs = [];
const agentsUs = [];
const open = [];

const timer = setInterval(() => {
  const due = Math.min(total, ((performance.now() - startedMs) / 1000) * PER_SECOND);
  while (startsUs.length < due) {
    const no = startsUs.length;
    const nowUs = (performance.timeOrigin + performance.now()) * 1000;
    startsUs.push(nowUs);
    if (no % PER_NEW_AGENT === 0) {
      agentsUs.push(nowUs);
      agents.push(trace.start(`agent ${agents.length}`, { kind: 'agent' }));
      continue;
    }
    open.push(agents[no % AGENTS].start('call', { kind: 'llm', model: 'gpt-5' }));
    // Twenty calls under way at one time.
    if (open.length <= AGENTS) continue;
    const call = open.shift();
    call.logUsage({ inputTokens: 1200, outputTokens: 350 });
    call.end();
  }
  if (startsUs.length < total) return;
  clearInterval(timer);
  for (const span of [...open, ...agents]) span.end();
  void trace.end().then(() => process.stdout.write(JSON.stringify({ startsUs, agentsUs })));
}, TICK_MS);

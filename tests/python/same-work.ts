import type { RunTrace } from '@tacho/trace';

export const OPENAI = {
  id: 'chatcmpl-1',
  model: 'gpt-5-2026',
  service_tier: 'default',
  usage: {
    prompt_tokens: 17903,
    completion_tokens: 1970,
    total_tokens: 19873,
    prompt_tokens_details: { cached_tokens: 17817 },
    completion_tokens_details: { reasoning_tokens: 956 },
  },
};
export const ANTHROPIC = {
  type: 'message',
  id: 'msg_1',
  model: 'claude-sonnet-4-6',
  usage: {
    input_tokens: 5,
    cache_read_input_tokens: 128955,
    cache_creation_input_tokens: 1253,
    output_tokens: 7,
  },
};

/** The run that both recorders record, in TypeScript. */
export async function work(trace: RunTrace): Promise<void> {
  trace.set({ criteria: { sources: true, budget: false }, plan: [{ stage: 'planning' }] });
  await trace.span('planning', async (stage) => {
    trace.logUsage(OPENAI, { stage: 'planning' });
    trace.logUsage(OPENAI);
    trace.decision('approach', { reasoning: 'fewer calls', outputs: { chosen: 'b' } });
    stage.setAttributes({ depth: 2, kept: [1, 'two', null, { three: true }] });
    stage.score('clarity', 7, { max: 10, comment: 'short' });
  });
  await trace.span('research', async (stage) => {
    await Promise.all(
      ['thread 0', 'thread 1', 'fork 0', 'fork 1', 'spawn 0', 'spawn 1', 'program'].map((name) =>
        stage.span(name, { kind: 'agent', role: 'researcher', lane: name }, async (agent) => {
          await agent.span(
            'fetch',
            { kind: 'tool', tool: { name: 'http', callId: name }, inputs: { url: `https://e.org/${name}` } },
            async (tool) => {
              tool.event('fetched', { bytes: 12 }, { level: 'info' });
              tool.setOutputs(['page', 1.5]);
            },
          );
          await agent.span('answer', { kind: 'llm', model: 'claude' }, async (call) => {
            call.firstToken();
            call.logUsage({ ...ANTHROPIC, id: `msg ${name}` }, { costUsd: 0.25 });
          });
        }),
      ),
    );
  });
  try {
    await trace.span('writing', { kind: 'stage', attributes: { drafts: 1 } }, (stage) => {
      stage.start('left open', { kind: 'evaluation', links: [{ type: 'waits_for', span: stage }] });
      throw new RangeError('no paper');
    });
  } catch {
    trace.event('recovered', { by: 'hand' }, { level: 'warning' });
  }
  trace.score('score', 8.5, { round: 'r1', dimensions: { depth: 7, relevance: 9 }, source: 'judge' });
  await trace.end({ status: 'ok', labels: { variant: 'b' } });
}

/** The same in Python: agents in threads, in forked and spawned processes, and in a program of their own. */
export const WORK_IN_PYTHON = `
import json, multiprocessing, subprocess, sys, types
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
import tacho

OPENAI = json.loads('''${JSON.stringify(OPENAI)}''')
ANTHROPIC = json.loads('''${JSON.stringify(ANTHROPIC)}''')

class RangeError(Exception): pass

def as_object(value):
    """As the SDKs answer: objects, not dicts."""
    if isinstance(value, dict):
        return types.SimpleNamespace(**{name: as_object(field) for name, field in value.items()})
    return value

def agent(name):
    with tacho.span(name, kind="agent", role="researcher", lane=name) as span:
        with span.span("fetch", kind="tool", tool={"name": "http", "call_id": name}, inputs={"url": "https://e.org/" + name}) as tool:
            tool.event("fetched", {"bytes": 12}, level="info")
            tool.set_outputs(("page", 1.5))
        with tacho.span("answer", kind="llm", model="claude") as call:
            call.first_token()
            tacho.log_usage(as_object({**ANTHROPIC, "id": "msg " + name}), cost_usd=0.25)

def main():
    with tacho.RunTrace(run_id="same", task="Same work", task_type="research", labels={"n": 1}) as run:
        run.set(criteria={"sources": True, "budget": False}, plan=[{"stage": "planning"}])
        with run.span("planning") as stage:
            run.log_usage(as_object(OPENAI), stage="planning")
            run.log_usage(OPENAI)
            run.decision("approach", reasoning="fewer calls", outputs={"chosen": "b"})
            stage.set_attributes(depth=2, kept=[1, "two", None, {"three": True}])
            stage.score("clarity", 7, max=10, comment="short")
        with run.span("research") as stage:
            work = tacho.bind(agent)
            with ThreadPoolExecutor(2) as pool:
                list(pool.map(work, ["thread 0", "thread 1"]))
            for method in ("fork", "spawn"):
                with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
                    list(pool.map(work, [method + " 0", method + " 1"]))
            subprocess.run([sys.executable, "-B", __file__, "program"], env=run.environment(), check=True)
        try:
            with run.stage("writing", drafts=1) as stage:
                stage.start("left open", kind="evaluation", links=[{"type": "waits_for", "span": stage}])
                raise RangeError("no paper")
        except RangeError:
            tacho.event("recovered", by="hand", level="warning")
        run.score("score", 8.5, round="r1", dimensions={"depth": 7, "relevance": 9}, source="judge")
        run.end(status="ok", labels={"variant": "b"})

if __name__ == "__main__":
    agent("program") if sys.argv[1:] else main()
`;

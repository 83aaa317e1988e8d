import type { Run, RunStatus } from './run.ts';

export type SettleFacts = {
  nowUs: number;
  /** True or false when the run's process could be looked up on this machine; undefined when it could not. */
  processAlive: boolean | undefined;
  /** Silence after which a run without open spans counts as over. */
  quietUs: number;
  /** Silence after which even open spans count as torn off, when nobody can say whether the process lives. */
  abandonedUs: number;
  /** The stream itself is finished (a file that was read to its end and is not followed). */
  streamEnded?: boolean;
};

/**
 * Whether a run that announced no end is over, and how. Undefined while it goes on: the end of the root span decides
 * nothing, its children may still run.
 */
export function settledStatus(run: Run, facts: SettleFacts): Exclude<RunStatus, 'running'> | undefined {
  if (run.status !== 'running') return undefined;
  const silenceUs = facts.nowUs - run.lastUs;
  const open = run.spans.some((span) => span.endUs === undefined);
  if (facts.processAlive === true && facts.streamEnded !== true) return undefined;
  const over =
    facts.processAlive === false ||
    facts.streamEnded === true ||
    (open ? silenceUs > facts.abandonedUs : silenceUs > facts.quietUs);
  if (!over) return undefined;
  // A recorder writes run_end whenever it can: a dead process without one was cut off, open spans or not.
  if (open || facts.processAlive === false) return 'interrupted';
  // It was announced, and nothing of it was ever told: that says nothing of success.
  if (run.spans.length === 0 && run.scores.length === 0 && !run.error) return 'interrupted';
  return outcomeOf(run);
}

/** How a run went, by its spans: error when a span without a parent failed. */
export function outcomeOf(run: Run): 'ok' | 'error' {
  if (run.error) return 'error';
  return run.spans.some((span) => span.parentId === undefined && span.status === 'error') ? 'error' : 'ok';
}

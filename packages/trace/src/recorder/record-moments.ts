import type { DecisionOptions, EventOptions, ScoreOptions } from './options.ts';
import type { SpanHost } from './span-host.ts';

/** A point in time. Outside any span it becomes a span of no length, so that it can be seen. */
export function recordEvent(
  recording: SpanHost,
  spanId: string | undefined,
  name: string,
  attributes: Record<string, unknown> | undefined,
  options: EventOptions | undefined,
): void {
  if (spanId !== undefined) {
    recording.addRecord('span_event', { span_id: spanId, name, level: options?.level, attributes });
    return;
  }
  recording.addRecord('span', {
    span_id: recording.nextId(),
    name,
    kind: 'task',
    role: 'event',
    status: options?.level === 'error' ? 'error' : 'ok',
    duration_ms: 0,
    attributes: options?.level === undefined ? attributes : { ...attributes, level: options.level },
  });
}

/** A decision and why it was taken: a span of kind decision that takes no time. */
export function recordDecision(
  recording: SpanHost,
  parentId: string | undefined,
  name: string,
  options: DecisionOptions | undefined,
): void {
  recording.addRecord('span', {
    span_id: recording.nextId(),
    parent: parentId,
    name,
    kind: 'decision',
    status: 'ok',
    duration_ms: 0,
    inputs: options?.inputs,
    outputs: options?.outputs,
    attributes: options?.reasoning === undefined ? undefined : { reasoning: options.reasoning },
  });
}

/** A judgement, and with `dimensions` one more for each of them. */
export function recordScore(
  recording: SpanHost,
  spanId: string | undefined,
  name: string,
  value: number | boolean | null,
  options: ScoreOptions | undefined,
): void {
  const { round, dimensions, dimension, label, comment, max, source } = options ?? {};
  const shared = {
    ...(round !== undefined && { round: typeof round === 'number' ? `r${round}` : round }),
    max,
    span_id: spanId,
    source,
  };
  const judged = typeof value === 'number' && !Number.isFinite(value) ? null : value;
  recording.addRecord('score', { name, value: judged, ...shared, dimension, label, comment });
  for (const [each, figure] of Object.entries(dimensions ?? {})) {
    recording.addRecord('score', { name: each, value: figure, ...shared, dimension: each });
  }
}

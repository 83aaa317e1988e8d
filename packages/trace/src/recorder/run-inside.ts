import type { JoinOptions, RunEndOptions, RunFields, RunTraceOptions } from './options.ts';
import type { Platform } from './platform.ts';
import type { Recording } from './recording.ts';
import { runRecordFields } from './run-fields.ts';

/** The run that the environment names, where the program neither joins one itself nor says that this is one of its own. */
export function surroundingRun(
  { join, runId, dir }: RunTraceOptions,
  platform: Platform,
): JoinOptions | undefined {
  if (join !== undefined || runId !== undefined || dir !== undefined) return undefined;
  const [id, folder, parent] = ['TACHO_RUN_ID', 'TACHO_RUN_DIR', 'TACHO_SPAN_ID'].map((name) =>
    platform.env(name),
  );
  return id && folder ? { runId: id, folder, ...(parent && { parent }) } : undefined;
}

/** Begins a run inside another one: a span of it, below which everything else stands. */
export function beginInside(recording: Recording, fields: RunFields, platform: Platform): void {
  const { name, ...said } = fields;
  const pid = platform.process?.pid;
  recording.startTop(name ?? fields.task ?? 'run', {
    ...attributesOf(said),
    ...(pid !== undefined && { pid }),
  });
}

/** What the program says of its run is the span's: the run around it has a task and labels of its own. */
export function attributesOf(fields: RunFields): Record<string, unknown> {
  const { attributes, ...said } = runRecordFields(fields);
  return { ...(attributes as Record<string, unknown> | undefined), ...said };
}

/** Ends the span that a run inside another one is. */
export function endInside(recording: Recording, { status, error, ...fields }: RunEndOptions): void {
  const outcome = status ?? (error !== undefined || recording.rootFailed ? 'error' : 'ok');
  recording.top?.end({
    status: outcome === 'interrupted' ? 'cancelled' : outcome,
    ...(error !== undefined && { error }),
    attributes: attributesOf(fields),
  });
}

import { basename, dirname } from 'node:path';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Folders that hold many runs' logs: their name is no run's. */
const SHELVES = new Set(['logs', 'log', 'latest', 'traces', 'runs', 'telemetry', 'observability', 'tmp', '']);

/** Files that a run's folder has: a recorder's stream, and the sink of a pipeline's model calls. */
const OF_ITS_FOLDER = /^(?:telemetry(?:\.\d+)?|instrumentation_calls)\.jsonl/;

/**
 * The run that a file belongs to by where it lies: `<dir>/<run_id>/telemetry.jsonl` is that folder's (the project's for
 * `<project>/logs/telemetry.jsonl`), and everything below `<session uuid>/` is the session's. Only a hint: what the
 * records say wins.
 */
export function runIdHint(path: string): string | undefined {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if (UUID.test(basename(folder))) return basename(folder);
  }
  if (!OF_ITS_FOLDER.test(basename(path))) return undefined;
  let folder = dirname(path);
  while (SHELVES.has(basename(folder).toLowerCase()) && folder !== dirname(folder)) folder = dirname(folder);
  return basename(folder) || undefined;
}

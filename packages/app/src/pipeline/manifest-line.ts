import { appendFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DIGEST, REPORT } from './report-files.ts';

export const MANIFEST = 'run_manifest.jsonl';

export type ManifestFacts = {
  runId: string;
  /** ISO 8601. */
  createdAt: string;
  recipe?: { name: string; path: string };
};

/** Adds the run to the list beside it. One write of one line: several processes append to this file. */
export function addToManifest(folder: string, { runId, createdAt, recipe }: ManifestFacts): void {
  const path = basename(folder);
  const line = {
    run_id: runId,
    path,
    created_at: createdAt,
    ...(recipe && { recipe: recipe.name, recipe_path: recipe.path }),
    instrumentation: { json: `${path}/${REPORT}`, md: `${path}/${DIGEST}` },
  };
  appendFileSync(join(dirname(folder), MANIFEST), `${JSON.stringify(line)}\n`);
}

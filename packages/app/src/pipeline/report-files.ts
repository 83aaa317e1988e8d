import { platform, release } from 'node:os';
import { writeReport } from '@tacho/trace/formats/instrumentation/write';
import { writeDigest } from '@tacho/trace/formats/instrumentation/write-digest';
import type { Run } from '@tacho/trace/model/run';

export const REPORT = 'instrumentation.json';
export const DIGEST = 'instrumentation.md';

/** Both reports of a run, by the names that they have in its folder. */
export function reportsOf(run: Run, withCalls: boolean): readonly [name: string, pieces: Iterable<string>][] {
  return [
    [REPORT, writeReport(run, { withCalls })],
    [DIGEST, writeDigest(run)],
  ];
}

/** What ran it, for the report's `env`. */
export function hostFacts(): { node_version: string; platform: string } {
  return { node_version: process.version, platform: `${platform()} ${release()} ${process.arch}` };
}

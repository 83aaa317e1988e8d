import { describe, expect, it } from 'vitest';
import { CORPUS, filesBelow, headOf, readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { expectValidMetrics } from '../../../../../tests/metrics-schema.ts';
import { activityOf } from '../../analysis/activity/activity.ts';
import { detections } from '../detection.ts';
import type { Format } from '../format.ts';
import { FORMATS } from '../index.ts';
import { enterpriseMetricsOf } from './write.ts';

const readable = FORMATS.filter((format: Format) => format.read !== undefined);
const files = [
  'claude_code_sessions',
  'claude_code_stream_json',
  'codex',
  'gemini_cli',
  'atif',
  'nemo',
].flatMap((folder) =>
  filesBelow(`${CORPUS}/${folder}`, /\.(?:jsonl?|log)$/).map((file) => ({
    ...file,
    path: `${folder}/${file.path}`,
  })),
);

describe.skipIf(files.length === 0)('real runs', () => {
  it.each(files)(
    '$path: each call once, in one phase, and a valid document',
    async ({ path, name, bytes }) => {
      const format = detections(readable, headOf(bytes, name))[0]?.format;
      if (format === undefined) return;
      const { records } = await readBytes(format, bytes, { name });
      for (const run of runsOf(records.filter(({ run_id }) => run_id !== undefined)).values()) {
        const activity = activityOf(run);
        const { actions, allocation, toolUsage } = activity;
        expect(new Set(actions.map(({ no }) => no)).size).toBe(actions.length);
        const phased = Object.values(allocation.actions).reduce((sum, count) => sum + count, 0);
        expect(phased + allocation.otherActions).toBe(actions.length);
        expectValidMetrics(enterpriseMetricsOf(run, { activity }));
        if (path.includes('dep-traversal_mcp') && actions.length > 0)
          expect(toolUsage.mcpSearches).toBeGreaterThan(10);
        if (path.includes('_baseline')) expect(toolUsage.mcpSearches).toBe(0);
      }
    },
  );
});

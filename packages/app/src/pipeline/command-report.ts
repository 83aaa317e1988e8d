import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { read as readTelemetry } from '@tacho/trace/formats/telemetry/read';
import { emptyRun, RunFold } from '@tacho/trace/model/fold';
import type { Run } from '@tacho/trace/model/run';
import { usToIso } from '@tacho/trace/model/time';
import { addToManifest } from './manifest-line.ts';
import type { Pricing } from './pricing.ts';
import { hostFacts, reportsOf } from './report-files.ts';
import { writeWholeNow } from './whole-file.ts';

const PIECE_BYTES = 64 * 1024;

/**
 * The reports of a command that was a run of its own, made from the run's stream when all is over. `pricing` is asked only
 * where something has a price: most commands call no model, and the tables take longer to load than all the rest.
 */
export async function reportCommand(
  folder: string,
  runId: string,
  pricing: () => Promise<Pricing | undefined>,
): Promise<void> {
  const run = await runIn(folder, runId);
  const isPriced = run.spans.some(({ usage, reportedCostUsd }) => usage ?? reportedCostUsd);
  const prices = isPriced ? await pricing() : undefined;
  prices?.apply(run);
  const attributes = {
    ...run.attributes,
    env: hostFacts(),
    ...(prices && { pricing: prices.describe(run) }),
  };
  for (const [name, pieces] of reportsOf({ ...run, attributes }, true))
    writeWholeNow(join(folder, name), pieces);
  addToManifest(folder, { runId, createdAt: usToIso(run.startUs) });
}

async function runIn(folder: string, runId: string): Promise<Run> {
  const fold = new RunFold(emptyRun(runId));
  const chunks = piecesOf(join(folder, 'telemetry.jsonl'));
  // A line that another program wrote badly is told by whoever reads the stream to show it.
  for await (const records of readTelemetry({ chunks, runId, refuse: () => {} }))
    for (const record of records) {
      // Nearly all of a large stream, and nothing of the report.
      if ('inputs' in record) delete record.inputs;
      if ('outputs' in record) delete record.outputs;
      fold.apply(record);
    }
  return fold.run;
}

/** At once, as all of this: whoever waits for the command waits for it. */
async function* piecesOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const piece = new Uint8Array(PIECE_BYTES);
      const length = readSync(file, piece);
      if (length === 0) return;
      yield piece.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

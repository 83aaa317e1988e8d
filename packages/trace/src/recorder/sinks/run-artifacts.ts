import {
  appendFileSync,
  closeSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { writeChromeTrace } from '../../formats/chrome-trace/write.ts';
import { factsOf } from '../../formats/run-facts.ts';
import { summaryText } from '../../formats/run-summary/write.ts';
import { recordLine } from '../../formats/runs-jsonl/write.ts';
import { emptyRun, RunFold } from '../../model/fold.ts';
import { parseRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';

/** Beyond this a run is folded without inputs and outputs: they are nearly all of a large file, and would fill the memory. */
const MAX_BYTES_WITH_PAYLOADS = 64 << 20;
const CHUNK_BYTES = 1 << 20;

/**
 * Writes what a finished run leaves behind. The run is read back from its own file through the same fold that everybody
 * uses, so the recorder keeps nothing in memory while it runs, and its files cannot disagree with the server's figures.
 */
export function writeRunArtifacts(root: string, folder: string, runId: string): void {
  const facts = factsOf(readRun(join(folder, 'telemetry.jsonl'), runId));
  writeWhole(join(folder, 'run_summary.json'), [summaryText(facts)]);
  writeWhole(join(folder, 'trace.json'), writeChromeTrace(facts.run));
  // One write of one line: several processes append to this file.
  appendFileSync(join(root, 'runs.jsonl'), recordLine(facts));
}

function readRun(path: string, runId: string): Run {
  const fold = new RunFold(emptyRun(runId));
  const withPayloads = statSync(path).size <= MAX_BYTES_WITH_PAYLOADS;
  for (const line of linesOf(path)) {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      // A line that was cut off while the disk was full; it stands again, whole, behind itself.
      continue;
    }
    const record = parseRecord(value);
    if (typeof record === 'string') continue;
    if (!withPayloads) {
      delete record.inputs;
      delete record.outputs;
    }
    fold.apply(record);
  }
  return fold.run;
}

function* linesOf(path: string): Generator<string> {
  const file = openSync(path, 'r');
  const decoder = new TextDecoder();
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let rest = '';
  try {
    for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk)) {
      rest += decoder.decode(chunk.subarray(0, count), { stream: true });
      let from = 0;
      for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
        yield rest.slice(from, end);
        from = end + 1;
      }
      rest = rest.slice(from);
    }
  } finally {
    closeSync(file);
  }
  if (rest !== '') yield rest;
}

/** Whoever opens `path` sees the whole file or none. */
function writeWhole(path: string, pieces: Iterable<string>): void {
  const next = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(next, 'w');
    try {
      let waiting = '';
      for (const piece of pieces) {
        waiting += piece;
        if (waiting.length < CHUNK_BYTES) continue;
        writeAll(file, waiting);
        waiting = '';
      }
      writeAll(file, waiting);
    } finally {
      closeSync(file);
    }
    renameSync(next, path);
  } catch (problem) {
    rmSync(next, { force: true });
    throw problem;
  }
}

/** `writeSync` may stop short of the end: on a full disk, or beyond 2 GiB. */
function writeAll(file: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}

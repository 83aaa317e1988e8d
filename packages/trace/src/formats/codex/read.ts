import { isObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Input } from '../format.ts';
import { JsonLineReader } from '../json-lines.ts';
import { type Line, readLines, refuseLine } from '../lines.ts';
import { PrintedOutput } from '../printed-output.ts';
import { kindOf } from './exec-event.ts';
import { EXEC_OUTPUT } from './exec-output.ts';
import { Rollout } from './rollout.ts';

/** What reads lines of one kind of file. */
type Reader = {
  read(lines: readonly Line[]): void;
  take(): Iterable<readonly TraceRecord[]>;
  finish(): void;
};

/** Records of a rollout or of an output of `codex exec --json`, a batch for each chunk. */
export async function* read(input: Input): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  let reader: Reader | undefined;
  let held: Line[] = [];
  for await (const lines of readLines(input)) {
    held.push(...lines);
    const kind = reader === undefined ? kindOf(held) : undefined;
    if (kind !== undefined)
      reader = kind === 'exec' ? new PrintedOutput(input, EXEC_OUTPUT) : rolloutReader(input);
    if (reader === undefined) continue;
    reader.read(held);
    held = [];
    yield* reader.take();
  }
  reader ??= rolloutReader(input);
  reader.read(held);
  reader.finish();
  yield* reader.take();
}

/** A session announces no end: what is at work when the file ends stays open, and model/settle.ts decides. */
function rolloutReader(input: Input): Reader {
  const rollout = new Rollout({ name: input.name, runId: input.runId });
  const values = new JsonLineReader(input, (value, line) => {
    if (!isObject(value)) refuseLine(line, input, 'expected a JSON object');
    else if (!rollout.read(value))
      refuseLine(line, input, 'expected a line of a Codex session: an object with "type" and "payload"');
  });
  const live = input.live === true;
  return {
    read(lines) {
      values.read(lines);
      if (live) rollout.settle(false);
    },
    *take() {
      const records = rollout.take();
      if (records.length > 0) yield records;
    },
    finish() {
      values.end();
      if (!live) rollout.settle(true);
    },
  };
}

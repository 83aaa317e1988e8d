import { emptyRun, RunFold } from '../../model/fold.ts';
import { parseRecord, type TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import type { Sink } from '../sink.ts';

/** Keeps what was recorded: for tests, and for programs that look at their own run. */
export class MemorySink implements Sink {
  #text = '';

  write(lines: string): void {
    this.#text += lines;
  }
  async flush(): Promise<void> {}
  async close(): Promise<void> {}

  /** Everything so far, as it would stand in telemetry.jsonl. */
  get text(): string {
    return this.#text;
  }

  get records(): TraceRecord[] {
    return this.#text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => parseRecord(JSON.parse(line)))
      .filter((record) => typeof record !== 'string');
  }

  /** The run as every reader of the stream sees it. */
  run(): Run {
    const records = this.records;
    const fold = new RunFold(emptyRun(records[0]?.run_id ?? 'run'));
    for (const record of records) fold.apply(record);
    return fold.run;
  }
}

import type { Refusal } from '@tacho/trace/formats/format';
import type { TraceRecord } from '@tacho/trace/model/record';

/**
 * Counts what was refused of a source by the run that was being read, so that the run itself says that it is not whole.
 * A file with many runs has its refusals noted where they stand; what was refused before any run, with the first one; a file without any run makes none.
 */
export class RefusalNotes {
  readonly #name: string;
  readonly #byRun = new Map<string, { count: number; example: string }>();
  #run: string | undefined;
  #early: Refusal[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  /** Reading has come to records of this run. */
  reached(runId: string | undefined): void {
    if (runId === undefined) return;
    this.#run = runId;
    const early = this.#early;
    this.#early = [];
    for (const refusal of early) this.add(refusal);
  }

  add(refusal: Refusal): void {
    if (this.#run === undefined) {
      // Without any run nobody asks for more than the first of them.
      if (this.#early.length < 1000) this.#early.push(refusal);
      return;
    }
    const known = this.#byRun.get(this.#run);
    if (known) known.count++;
    else this.#byRun.set(this.#run, { count: 1, example: this.#placeOf(refusal) });
  }

  /** Notes for the runs. Reading the same source again notes the same, and the fold counts it once. */
  records(): TraceRecord[] {
    return [...this.#byRun].map(([runId, { count, example }]) => ({
      event: 'run_update',
      run_id: runId,
      quality: [{ code: 'refused-line', count, example }],
    }));
  }

  #placeOf({ line, reason }: Refusal): string {
    return `${this.#name}${line === undefined ? '' : `:${line}`}: ${reason}`.slice(0, 200);
  }
}

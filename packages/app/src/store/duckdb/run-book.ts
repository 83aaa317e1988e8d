import { digestsOf } from './digest-book.ts';
import { SeenFilter } from './seen-filter.ts';
import type { Session } from './session.ts';
import { textFrom } from './stored-text.ts';
import { OpenRun } from './texts.ts';

/** Texts and span ids of all open runs together that stay in memory: 25 MB. */
const ENTRIES = 250_000;
const RUNS = 5_000;

/** The runs being written, the newest used last, and the numbers that are given out next. */
export class RunBook {
  readonly #runs = new Map<string, OpenRun>();
  #next: { runKey: number; payloadNo: number } | undefined;
  /** Run ids that were ever given a key: a new run need not be looked for. */
  #known: SeenFilter | undefined;

  /** The run by its id; a new one gets a key and has no row yet. */
  async open(session: Session, runId: string): Promise<OpenRun> {
    let run = this.#runs.get(runId);
    if (run) this.#runs.delete(runId);
    else
      run = (await this.#stored(session, runId)) ?? new OpenRun((await this.numbers(session)).runKey++, 0, 1);
    this.#runs.set(runId, run);
    return run;
  }

  /** Forgets everything: what is stored may have changed otherwise. */
  forget(): void {
    this.#runs.clear();
    this.#next = undefined;
  }

  async #stored(session: Session, runId: string): Promise<OpenRun | undefined> {
    const known = await this.#knownIds(session);
    const words = digestsOf([runId]);
    const [a, b] = [words[0]!, words[1]!];
    if (!known.mayHave(a, b)) {
      known.add(a, b);
      return undefined;
    }
    const [found] = await session.rows<{ run_key: number }>('run-key', { runId });
    if (!found) return undefined;
    const runKey = found.run_key;
    const [numbers] = await session.rows<{ span_no: number; text_no: number }>('run-numbers', { runKey });
    const run = new OpenRun(runKey, numbers!.span_no, numbers!.text_no);
    run.hasRow = true;
    const texts = await session.rows<{ text_no: number; text: string }>('texts', { runKey });
    for (const { text_no: no, text } of texts) run.learnText(textFrom(text), no);
    return run;
  }

  async #knownIds(session: Session): Promise<SeenFilter> {
    if (this.#known && !this.#known.full) return this.#known;
    const ids = [...this.#runs.keys()];
    await session.chunks('run-ids-all', {}, (chunk) => {
      const column = chunk.getColumnVector(0);
      for (let i = 0; i < chunk.rowCount; i++) ids.push(column.getItem(i) as string);
    });
    const filter = new SeenFilter(ids.length * 2);
    for (const id of ids) {
      const words = digestsOf([id]);
      filter.add(words[0]!, words[1]!);
    }
    this.#known = filter;
    return filter;
  }

  /** The next numbers to be given out; who takes one counts it up. */
  async numbers(session: Session): Promise<{ runKey: number; payloadNo: number }> {
    if (!this.#next) {
      const [row] = await session.rows<{ run_key: number; payload_no: number }>('next-numbers');
      this.#next = { runKey: row!.run_key, payloadNo: row!.payload_no };
    }
    return this.#next;
  }

  /** Makes room. Only between two transactions: what a run was given since the last one is not in the tables yet. */
  trim(): void {
    let entries = 0;
    for (const run of this.#runs.values()) entries += run.entries;
    for (const [runId, run] of this.#runs) {
      if (entries <= ENTRIES && this.#runs.size < RUNS) return;
      entries -= run.entries;
      this.#runs.delete(runId);
    }
  }
}

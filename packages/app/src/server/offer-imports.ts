import type { SourceOffer } from '@tacho/trace/wire/runs';
import { importPaths } from '../sources/import.ts';
import type { RecordSink } from '../sources/record-sink.ts';
import type { Store } from '../store/store.ts';
import { knownFiles } from './known-files.ts';

/** Where offers come from: it only looks. */
export interface OfferFinder {
  list(): Promise<SourceOffer[]>;
  /** The folders that hold what is offered under an id. */
  folders(id: string): Promise<readonly string[]>;
}

/** Imports of offered sessions, one at a time and in the background. */
export class OfferImports {
  readonly #finder: OfferFinder;
  readonly #sink: RecordSink;
  readonly #store: Store;
  readonly #onProblem: (message: string) => void;
  readonly #stopping = new AbortController();
  #work: Promise<void> = Promise.resolve();
  readonly #taken = new Set<string>();

  constructor(finder: OfferFinder, sink: RecordSink, store: Store, onProblem: (message: string) => void) {
    this.#finder = finder;
    this.#sink = sink;
    this.#store = store;
    this.#onProblem = onProblem;
  }

  list(): Promise<SourceOffer[]> {
    return this.#finder.list();
  }

  /** Begins an import; false when nothing with this id is offered. Asking again while it runs changes nothing. */
  async take(id: string): Promise<boolean> {
    const offer = (await this.#finder.list()).find((each) => each.id === id);
    if (!offer) return false;
    if (this.#taken.has(id)) return true;
    this.#taken.add(id);
    this.#work = this.#work.then(() => this.#import(offer)).finally(() => this.#taken.delete(id));
    return true;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#work;
  }

  async #import(offer: SourceOffer): Promise<void> {
    try {
      const positions = await knownFiles(this.#store);
      await importPaths(await this.#finder.folders(offer.id), {
        sink: this.#sink,
        positions: new Map(positions.map((position) => [position.uri, position])),
        signal: this.#stopping.signal,
      });
    } catch (error) {
      if (!this.#stopping.signal.aborted) {
        this.#onProblem(`${offer.path}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}

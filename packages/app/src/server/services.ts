import type { Health, SourceOffer } from '@tacho/trace/wire/runs';
import type { Ingest } from '../ingest/ingest.ts';
import type { Store } from '../store/store.ts';
import type { LiveHub } from './live.ts';

/** What routes work with. They know no files, no ports and no engine. */
export type Services = {
  readonly store: Store;
  readonly ingest: Ingest;
  readonly live: LiveHub;
  health(): Health;
  /** Sessions of other tools on this machine. */
  offers(): Promise<SourceOffer[]>;
  /** Begins to import an offer; false when there is none with this id. */
  takeOffer(id: string): Promise<boolean>;
};

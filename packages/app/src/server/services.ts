import type { UsualTime } from '@tacho/trace/model/usual-time';
import type { Health, SourceOffer } from '@tacho/trace/wire/runs';
import type { Ingest } from '../ingest/ingest.ts';
import type { AskableStore } from '../store/store.ts';
import type { Admission } from './admission.ts';
import type { LiveHub } from './live.ts';
import type { OtlpReceiver } from './otlp/receiver.ts';

/** What routes work with. They know no files, no ports and no engine. */
export type Services = {
  readonly store: AskableStore;
  readonly ingest: Ingest;
  readonly live: LiveHub;
  /** The door to the ingest that all requests share. */
  readonly admission: Admission;
  readonly otlp: OtlpReceiver;
  /** What another store knows of how long calls take, where this one holds one folder's runs only. */
  readonly usual?: readonly UsualTime[];
  health(): Health;
  /** Sessions of other tools on this machine. */
  offers(): Promise<SourceOffer[]>;
  /** Begins to import an offer; false when there is none with this id. */
  takeOffer(id: string): Promise<boolean>;
};

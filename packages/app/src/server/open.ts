import type { TraceRecord } from '@tacho/trace/model/record';
import { redactorOf } from '@tacho/trace/model/redact';
import { nowUs } from '@tacho/trace/model/time';
import type { UsualTime } from '@tacho/trace/model/usual-time';
import type { Health } from '@tacho/trace/wire/runs';
import { Ingest, IngestBusyError } from '../ingest/ingest.ts';
import { pricesOf } from '../prices/lookup.ts';
import type { PriceTable } from '../prices/price-table.ts';
import { processAlive } from '../sources/process-alive.ts';
import type { RecordSink } from '../sources/record-sink.ts';
import { SessionOffers } from '../sources/tool-sessions.ts';
import { openStore } from '../store/duckdb-store.ts';
import { type Store, StoreTroubleError } from '../store/store.ts';
import { Admission } from './admission.ts';
import { announce, withdraw } from './announcement.ts';
import { createApp } from './app.ts';
import { type FollowingFolders, follow } from './following.ts';
import { LiveHub } from './live.ts';
import { OfferImports } from './offer-imports.ts';
import { OtlpReceiver } from './otlp/receiver.ts';
import { ingestSink } from './record-sink.ts';
import { VERSION } from './version.ts';

export type TachoOptions = {
  /** The folder that holds the store. */
  home: string;
  /** Folders whose logs are followed. */
  watch?: readonly string[];
  /** Demanded of every request; needed where Tacho listens on more than loopback. */
  token?: string;
  /** Secrets are taken out of everything that comes in: known shapes of keys, and named fields. Default: TACHO_REDACT. */
  redact?: boolean;
  /** The user's own prices, which go before the library's. */
  priceTable?: PriceTable;
  /** This process takes in what there is and ends: it holds less in memory than a server, whom many ask. */
  importing?: boolean;
  /** What another store knows of how long calls take: for one that holds a folder's runs only. */
  usual?: readonly UsualTime[];
  /** Told when a source cannot be read or the store not be written; the work goes on. */
  onProblem?: (message: string) => void;
};

export type Listening = { url: string; port: number; close(): Promise<void> };
export type GrpcListening = { address: string; port: number; close(): Promise<void> };

/** Tacho, opened: the server as a function, the ingest as a sink, and a port where one is wanted. */
export type Tacho = {
  readonly store: Store;
  readonly sink: RecordSink;
  fetch(request: Request): Promise<Response>;
  /** Begins to follow the watched folders; resolves when what was there is read. */
  follow(): Promise<void>;
  listen(options: { port: number; host: string }): Promise<Listening>;
  /** Ends the runs that are over, and goes on doing so; resolves when it has been done once. A server does it by itself. */
  settle(): Promise<void>;
  /** Receives OTLP over gRPC, on a port of its own. */
  listenGrpc(options: { port: number; host: string }): Promise<GrpcListening>;
  close(): Promise<void>;
};

/** With them 2 GB of many runs take two thirds of the memory. */
const IMPORT = { memoryMb: 192, idleSpans: 10_000 };

/**
 * Opens the store and builds everything on it. Throws StoreHeldError when another process has the store, and
 * StoreVersionError when another version of Tacho made it.
 */
export async function openTacho(options: TachoOptions): Promise<Tacho> {
  const startedUs = nowUs();
  const store = await openStore(options.home, options.importing ? IMPORT.memoryMb : undefined);
  const problem = (message: string): void => options.onProblem?.(message);
  const redactor = redactorOf(options.redact ?? /^(1|true)$/.test(process.env.TACHO_REDACT ?? ''));
  const ingest = new Ingest(store, {
    price: pricesOf(options.priceTable),
    processAlive,
    onProblem: (now) => problem(now ?? 'The store can be written again.'),
    ...(options.importing && { idleSpans: IMPORT.idleSpans }),
    ...(redactor && { redact: (record) => redactor.value(record) as TraceRecord }),
  });
  const live = new LiveHub(nowUs);
  ingest.onChange(
    (change) => live.publish(change),
    () => live.watched,
  );
  const sink = ingestSink(ingest);
  const offers = new OfferImports(new SessionOffers(), sink, store, problem);
  const health = (): Health => ({
    name: 'tacho',
    version: VERSION,
    pid: process.pid,
    startedUs,
    store: store.path,
    watching: [...(options.watch ?? [])],
    ...(grpc && { otlpGrpc: grpc.address }),
    ...(ingest.problem !== undefined && { problem: ingest.problem }),
  });
  const admission = new Admission();
  const otlp = new OtlpReceiver(ingest, admission);
  const { usual } = options;
  const services = { store, ingest, live, admission, otlp, health, ...(usual && { usual }) };
  const app = createApp(
    { ...services, offers: () => offers.list(), takeOffer: (id) => offers.take(id) },
    { version: VERSION, ...(options.token !== undefined && { token: options.token }) },
  );
  let following: FollowingFolders | undefined;
  let listening: Listening | undefined;
  let grpc: GrpcListening | undefined;
  return {
    store,
    sink,
    fetch: async (request) => app.fetch(request),
    async follow() {
      following = await follow(options.watch ?? [], store, ingest, sourceProblems(problem));
      await following.ready;
    },
    async listen({ port, host }) {
      // Commands that do not serve need no HTTP server: 50 ms of each.
      const { listen } = await import('./listen.ts');
      const opened = await listen((request) => app.fetch(request), { port, host });
      const url = `http://${shownHost(host)}:${opened.port}`;
      const announcement = {
        pid: process.pid,
        url,
        version: VERSION,
        ...(options.token !== undefined && { token: options.token }),
      };
      try {
        announce(options.home, announcement);
      } catch (error) {
        problem(`Other commands will not find this server: ${messageOf(error)}`);
      }
      ingest.startSettling();
      listening = { url, port: opened.port, close: () => opened.close() };
      return listening;
    },
    async settle() {
      ingest.startSettling();
      // A store that cannot be written just now can still be asked.
      await ingest.settle().catch(() => {});
    },
    async listenGrpc({ port, host }) {
      // Half a megabyte of code that only those need who ask for it.
      const { listenGrpc } = await import('./otlp/grpc-server.ts');
      const { token } = options;
      const opened = await listenGrpc({ port, host, otlp, admission, ...(token !== undefined && { token }) });
      grpc = { ...opened, address: `${shownHost(host)}:${opened.port}` };
      return grpc;
    },
    async close() {
      withdraw(options.home);
      await following?.stop();
      await grpc?.close();
      await offers.stop();
      live.close();
      await listening?.close();
      await ingest.close();
      await store.close();
    },
  };
}

/** A host as it stands in an address that can be typed here. */
function shownHost(host: string): string {
  return host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
}

/** A file that cannot be read is tried again and again, and told once; what the store fails with, the ingest tells. */
function sourceProblems(problem: (message: string) => void): (error: unknown, path: string) => void {
  const told = new Map<string, string>();
  return (error, path) => {
    if (error instanceof StoreTroubleError || error instanceof IngestBusyError) return;
    const message = messageOf(error);
    if (told.get(path) === message) return;
    told.set(path, message);
    problem(`${path}: ${message}`);
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

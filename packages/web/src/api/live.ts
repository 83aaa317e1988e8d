import { type HubRequest, LiveHub } from './live-hub.ts';
import type { StreamNews } from './live-stream.ts';

/** This page's end of the live stream. */
export type LiveDoor = {
  /** The run whose spans are wanted. Call before its structure is fetched. */
  want(runId: string | undefined): void;
  /** An answer with this live id has arrived (a list, or a run's structure): nothing after it will be missed. */
  follow(afterId: string | undefined, runId?: string): void;
  /** Try to reconnect at once. */
  retry(): void;
};

/** How long the shared worker has to say that it is there, before the page opens a stream of its own. */
const WELCOME_MS = 1_500;

/** Opens the door: through the worker that all tabs share where the browser has one, else with a stream of its own. */
export function openLive(tell: (news: StreamNews) => void): LiveDoor {
  let send: ((request: HubRequest) => void) | undefined;
  const sent: HubRequest[] = [];
  const ask = (request: HubRequest): void => {
    // Kept until the worker has answered: should it never, the page's own hub gets them all.
    if (send === undefined) sent.push(request);
    else send(request);
  };
  const settle = (through: (request: HubRequest) => void): void => {
    send = through;
    for (const request of sent.splice(0)) through(request);
  };
  let shared = true;
  const alone = (): void => {
    if (send !== undefined) return;
    shared = false;
    settle(new LiveHub((url) => new EventSource(url)).join(tell));
  };

  const port = sharedPort();
  if (port === undefined) alone();
  else {
    const patience = setTimeout(alone, WELCOME_MS);
    port.onmessage = (event: MessageEvent<StreamNews | { type: 'welcome' } | { type: 'unsupported' }>) => {
      const { data } = event;
      // A worker that comes too late is not listened to: there would be two streams.
      if (!shared) return;
      if (data.type === 'welcome') {
        clearTimeout(patience);
        settle((request) => port.postMessage(request));
      } else if (data.type === 'unsupported') {
        clearTimeout(patience);
        alone();
      } else tell(data);
    };
    const lock = `tacho-page-${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
    // Held for as long as the page lives. The worker may only wait for it once it is held: else it would get it at once.
    navigator.locks?.request(lock, () => {
      port.postMessage({ type: 'hello', lock });
      return new Promise(() => {});
    });
    addEventListener('pagehide', (event) => {
      if (!event.persisted) port.postMessage({ type: 'leave' } satisfies HubRequest);
    });
  }
  return {
    want: (runId) => ask({ type: 'want', runId }),
    follow: (afterId, runId) => ask({ type: 'follow', runId, afterId }),
    retry: () => ask({ type: 'retry' }),
  };
}

function sharedPort(): MessagePort | undefined {
  if (typeof SharedWorker === 'undefined') return undefined;
  try {
    const worker = new SharedWorker(new URL('./live-worker.ts', import.meta.url), {
      type: 'module',
      name: 'tacho-live',
    });
    return worker.port;
  } catch {
    return undefined;
  }
}

import { type HubRequest, LiveHub } from './live-hub.ts';

/**
 * The SharedWorker that holds the one live stream of this browser. A page that goes away without a word (a crash) is noticed
 * by the lock it held.
 */
const hub = new LiveHub((url) => new EventSource(url));

type Hello = { type: 'hello'; lock: string };

const scope = self as unknown as {
  onconnect: ((event: MessageEvent) => void) | null;
};

scope.onconnect = (event) => {
  const port = event.ports[0];
  if (port === undefined) return;
  if (typeof EventSource === 'undefined') {
    port.postMessage({ type: 'unsupported' });
    return;
  }
  const ask = hub.join((news) => port.postMessage(news));
  port.onmessage = (message: MessageEvent<HubRequest | Hello>) => {
    const { data } = message;
    if (data.type !== 'hello') {
      ask(data);
      return;
    }
    navigator.locks?.request(data.lock, () => {
      ask({ type: 'leave' });
      port.close();
    });
  };
  port.postMessage({ type: 'welcome' });
};

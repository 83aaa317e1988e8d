import type { Transport } from '../platform.ts';

/** Browsers refuse more than this in requests that outlive their page. */
const KEEPALIVE_BYTES = 60_000;

/** One POST by fetch, for browsers. */
export const fetchTransport: Transport = async (request) => {
  const compressed = request.gzip && !request.last && typeof CompressionStream === 'function';
  const answer = await fetch(request.url, {
    method: 'POST',
    headers: compressed ? { ...request.headers, 'content-encoding': 'gzip' } : request.headers,
    body: compressed ? await gzip(request.body) : request.body,
    keepalive: request.last && request.body.length * 3 < KEEPALIVE_BYTES,
    signal: AbortSignal.timeout(request.timeoutMs),
  });
  const retryAfter = answer.headers.get('retry-after');
  return {
    status: answer.status,
    ...(retryAfter !== null && { retryAfter }),
    text: await answer.text(),
  };
};

async function gzip(text: string): Promise<ArrayBuffer> {
  return new Response(new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer();
}

import { once } from 'node:events';
import { request } from 'node:http';

/** Requests under way at one time. */
const CLIENTS = 4;

/**
 * Milliseconds from the first byte sent to the last answer.
 * @param {string} url
 * @param {readonly Uint8Array[]} bodies
 * @param {Record<string, string>} headers
 * @param {(answer: Buffer) => boolean} isTaken whether an answer says that everything was taken
 */
export async function sendAll(url, bodies, headers, isTaken) {
  const waiting = [...bodies];
  const started = performance.now();
  const client = async () => {
    for (let body = waiting.shift(); body !== undefined; body = waiting.shift())
      await post(url, body, headers, isTaken);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return performance.now() - started;
}

async function post(url, body, headers, isTaken) {
  const sent = request(url, { method: 'POST', headers: { 'content-length': body.length, ...headers } });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  const chunks = [];
  for await (const chunk of answer) chunks.push(chunk);
  const said = Buffer.concat(chunks);
  if (answer.statusCode !== 200 || !isTaken(said))
    throw new Error(`${answer.statusCode}: ${said.toString().slice(0, 300)}`);
}

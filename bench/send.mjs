import { once } from 'node:events';
import { Agent, request } from 'node:http';

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
  // Connections of a round before may be closed by the server just when they are used again.
  const agent = new Agent({ keepAlive: true });
  const waiting = [...bodies];
  const started = performance.now();
  const client = async () => {
    for (let body = waiting.shift(); body !== undefined; body = waiting.shift())
      await post(url, body, headers, isTaken, agent);
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const ms = performance.now() - started;
  agent.destroy();
  return ms;
}

async function post(url, body, headers, isTaken, agent) {
  const sent = request(url, {
    method: 'POST',
    agent,
    headers: { 'content-length': body.length, ...headers },
  });
  sent.end(body);
  const [answer] = await once(sent, 'response');
  const chunks = [];
  for await (const chunk of answer) chunks.push(chunk);
  const said = Buffer.concat(chunks);
  if (answer.statusCode !== 200 || !isTaken(said))
    throw new Error(`${answer.statusCode}: ${said.toString().slice(0, 300)}`);
}

import { Agent, type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest, Agent as SecureAgent } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { HttpAnswer, HttpRequest, Transport } from '../platform.ts';

/** A connection being opened is the one thing here that keeps a process alive: an address that swallows packets must not for long. */
const CONNECT_MS = 2000;
/** Answers are short; more than this is not ours. */
const MAX_ANSWER = 256 * 1024;

const agent = new Agent({ keepAlive: true, maxSockets: 2 });
const secureAgent = new SecureAgent({ keepAlive: true, maxSockets: 2 });
const compress = promisify(gzip);

/**
 * One POST over node:http rather than fetch: its sockets can be unreferenced, so that a server that does not answer never
 * keeps the recorded program from ending.
 */
export const nodeTransport: Transport = async (request) => {
  const body = request.gzip ? await compress(request.body) : Buffer.from(request.body);
  return new Promise<HttpAnswer>((resolve, reject) => {
    const outgoing = open(request, body.length, resolve, reject);
    let connecting: NodeJS.Timeout | undefined;
    const deadline = setTimeout(() => outgoing.destroy(new Error('no answer in time')), request.timeoutMs);
    deadline.unref();
    outgoing.on('close', () => {
      clearTimeout(deadline);
      clearTimeout(connecting);
      reject(new Error('the connection was closed'));
    });
    outgoing.on('error', reject);
    outgoing.on('socket', (socket) => {
      socket.unref();
      if (!socket.connecting) return;
      connecting = setTimeout(() => outgoing.destroy(new Error('no connection')), CONNECT_MS);
      connecting.unref();
      socket.once('connect', () => clearTimeout(connecting));
    });
    outgoing.end(body);
  });
};

function open(
  request: HttpRequest,
  length: number,
  resolve: (answer: HttpAnswer) => void,
  reject: (problem: unknown) => void,
): ClientRequest {
  const secure = request.url.startsWith('https:');
  const options = {
    method: 'POST',
    agent: secure ? secureAgent : agent,
    headers: {
      ...request.headers,
      'content-length': length,
      ...(request.gzip && { 'content-encoding': 'gzip' }),
    },
  };
  return (secure ? httpsRequest : httpRequest)(request.url, options, (answer) => {
    let text = '';
    answer.setEncoding('utf8');
    answer.on('data', (piece: string) => {
      if (text.length < MAX_ANSWER) text += piece;
    });
    answer.on('error', reject);
    answer.on('end', () => {
      const retryAfter = answer.headers['retry-after'];
      resolve({ status: answer.statusCode ?? 0, ...(retryAfter !== undefined && { retryAfter }), text });
    });
  });
}

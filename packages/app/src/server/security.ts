import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { HttpProblem } from './api-error.ts';

export type SecurityOptions = {
  /** Demanded of every request where Tacho listens on more than loopback. */
  token?: string;
  /** Host names, besides loopback's, under which people reach this server. */
  hosts?: readonly string[];
};

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);
const COOKIE = 'tacho_token';
const DAYS_30 = 30 * 24 * 3600;

/** Types a body may have where it changes something: none that a foreign page can send without asking first. */
const BODY_TYPES = new Set([
  'application/json',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-protobuf',
  'application/protobuf',
]);

const HEADERS: Record<string, string> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; " +
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-frame-options': 'DENY',
};

/** Who gets in: the right host, the right origin, and the token where there is one. Sets the headers of every answer. */
export function security(options: SecurityOptions = {}): MiddlewareHandler {
  const hosts = new Set([...LOOPBACK, ...(options.hosts ?? []).map((host) => host.toLowerCase())]);
  return async (context, next) => {
    const request = context.req.raw;
    const url = new URL(request.url);
    const host = (request.headers.get('host') ?? url.host).toLowerCase();
    checkHost(host, hosts, options.token !== undefined);
    checkOrigin(request, host);
    if (options.token !== undefined) {
      const offered = url.searchParams.get('token');
      if (request.method === 'GET' && offered !== null && same(offered, options.token)) {
        url.searchParams.delete('token');
        return new Response(null, {
          status: 303,
          headers: {
            // Two slashes at the start would be another host's address.
            location: `${url.pathname.replace(/^\/+/, '/')}${url.search}`,
            'set-cookie': `${COOKIE}=${encodeURIComponent(offered)}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${DAYS_30}`,
          },
        });
      }
      checkToken(request, options.token);
    }
    await next();
    withSafetyHeaders(context.res);
    return;
  };
}

/** The answer with the headers that tell a browser what it may do with it. */
export function withSafetyHeaders(answer: Response): Response {
  for (const [name, value] of Object.entries(HEADERS)) answer.headers.set(name, value);
  return answer;
}

/** A foreign name that resolves to this machine (DNS rebinding) is not one we answer to. */
function checkHost(host: string, hosts: ReadonlySet<string>, anyHost: boolean): void {
  const name = host.replace(/:\d+$/, '');
  if (anyHost || hosts.has(name)) return;
  throw new HttpProblem(403, 'host', `Tacho does not answer to the host name "${name.slice(0, 100)}".`, {
    hint: 'Open it by the address that `tacho serve` printed.',
  });
}

function checkOrigin(request: Request, host: string): void {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return;
  const origin = request.headers.get('origin');
  if (origin !== null && originHost(origin) !== host) {
    throw new HttpProblem(
      403,
      'origin',
      `Requests that change something must come from Tacho's own page, not from ${origin.slice(0, 100)}.`,
    );
  }
  const type = (request.headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase();
  if (request.method === 'DELETE' && type === '') return;
  if (!BODY_TYPES.has(type)) {
    throw new HttpProblem(
      415,
      'content-type',
      `Expected a body of type ${[...BODY_TYPES].join(' or ')}, found "${type || 'none'}".`,
    );
  }
}

function originHost(origin: string): string | undefined {
  try {
    return new URL(origin).host.toLowerCase();
  } catch {
    return undefined;
  }
}

/** The header `authorization` brings the token. */
export function bearsToken(authorization: string | null | undefined, token: string): boolean {
  const bearer = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
  return bearer !== undefined && same(bearer, token);
}

function checkToken(request: Request, token: string): void {
  if (bearsToken(request.headers.get('authorization'), token)) return;
  const cookie = new RegExp(`(?:^|;\\s*)${COOKIE}=([^;]*)`).exec(request.headers.get('cookie') ?? '')?.[1];
  if (cookie !== undefined && same(decode(cookie), token)) return;
  throw new HttpProblem(401, 'token', 'This Tacho asks for its token.', {
    hint: 'Open the address with ?token=… that `tacho serve` printed, or send the header "Authorization: Bearer TOKEN".',
    headers: { 'www-authenticate': 'Bearer' },
  });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** Compares in a time that does not depend on where the texts differ. */
function same(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, type Served, serve, until } from '../server-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'tacho-door-'));
let served: Served;
let port: number;
beforeAll(async () => {
  port = await freePort();
  served = await serve({ home: join(folder, 'home'), port });
});
afterAll(async () => {
  await served?.kill();
  rmSync(folder, { recursive: true, force: true });
});

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: string };

/** A request exactly as it is written: `fetch` would not let a foreign host name or a crooked path through. */
function ask(
  path: string,
  options: {
    at?: number;
    method?: string;
    headers?: Record<string, string>;
    body?: string | Uint8Array;
  } = {},
): Promise<Answer> {
  const { at = port, method = 'GET', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: at, path, method, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.on('error', reject);
    // The answer may be there before all was sent, and the connection closed.
    sent.on('socket', (socket) => socket.on('error', () => {}));
    sent.end(body);
  });
}

const LINE = `${JSON.stringify({ event: 'run_start', run_id: 'intruder', ts: 1.7e9 })}\n`;
const NDJSON = 'application/x-ndjson';

describe('without a token, on loopback', () => {
  test.each(['localhost', '127.0.0.1', '[::1]'])('the host name %s is answered', async (name) => {
    expect((await ask('/api/runs', { headers: { host: `${name}:${port}` } })).status).toBe(200);
  });

  test.each(['evil.example', 'localhost.evil.example', '127.0.0.1.nip.io', '169.254.1.1', 'LOCALHOST.'])(
    'a name that was bent to this machine is not: %j',
    async (name) => {
      for (const path of ['/api/runs', '/', '/events', '/openapi.json']) {
        const { status, headers } = await ask(path, {
          headers: { host: `${name}:${port}` },
        });
        expect([path, status]).toEqual([path, 403]);
        expect(headers['x-content-type-options']).toBe('nosniff');
      }
    },
  );

  test.each([
    ['text/plain', undefined],
    ['application/x-www-form-urlencoded', undefined],
    ['multipart/form-data; boundary=x', undefined],
    [undefined, undefined],
    [NDJSON, 'https://evil.example'],
    [NDJSON, 'null'],
    [NDJSON, 'http://127.0.0.1:1'],
    ['text/plain', 'https://evil.example'],
  ])('what a foreign page could send changes nothing: %s from %s', async (type, origin) => {
    const headers = { ...(type && { 'content-type': type }), ...(origin && { origin }) };
    for (const [path, method] of [
      ['/v1/telemetry', 'POST'],
      ['/api/offers/any', 'POST'],
    ] as const) {
      const { status } = await ask(path, { method, headers, body: LINE });
      expect([path, [403, 415].includes(status)]).toEqual([path, true]);
    }
    expect((await ask('/api/runs/intruder')).status).toBe(404);
  });

  test('deleting needs the own origin as well, and nothing is allowed across origins', async () => {
    const origin = 'https://evil.example';
    expect((await ask('/api/runs/x', { method: 'DELETE', headers: { origin } })).status).toBe(403);
    for (const method of ['GET', 'OPTIONS'])
      expect((await ask('/api/runs', { method, headers: { origin } })).headers).not.toHaveProperty(
        'access-control-allow-origin',
      );
  });

  test('the page comes with a policy that runs no foreign script', async () => {
    const { headers } = await ask('/');
    expect(headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self'/);
    expect(headers['content-security-policy']).not.toMatch(/script-src[^;]*unsafe/);
    expect(headers['x-frame-options']).toBe('DENY');
  });

  test.each([
    '/..%2f..%2fetc/passwd',
    '/%2e%2e/%2e%2e/%2e%2e/etc/passwd',
    '/../../../../../../etc/passwd',
    '/assets/..%5c..%5c..%5cetc%5cpasswd',
    '/assets/%252e%252e/%252e%252e/etc/passwd',
    '/assets/....//....//etc/passwd',
    '//etc/passwd',
    '/runs/../../../../etc/passwd',
    '/%00/etc/passwd',
    '/index.html%00.js',
    '/file:///etc/passwd',
    '/assets/../../server/open.js',
    '/..%c0%af..%c0%afetc/passwd',
  ])('no path leads out of the page: %s', async (path) => {
    const { status, body } = await ask(path);
    expect([200, 400, 404]).toContain(status);
    expect(body).not.toMatch(/root:|export async function/);
    if (status === 200) expect(body).toMatch(/<!doctype html>/i);
  });

  test('bodies that are too large, too large inside, or broken are refused, and the server goes on', async () => {
    const send = (body: Uint8Array, more: Record<string, string> = {}): Promise<number> =>
      ask('/v1/telemetry', { method: 'POST', headers: { 'content-type': NDJSON, ...more }, body }).then(
        ({ status }) => status,
        // The server may close before the last byte of what it does not want was sent.
        (error: NodeJS.ErrnoException) => (['ECONNRESET', 'EPIPE'].includes(error.code ?? '') ? 413 : -1),
      );
    const gzip = { 'content-encoding': 'gzip' };
    const bomb = gzipSync(Buffer.alloc(300e6, 0x20), { level: 1 });
    expect(bomb.length).toBeLessThan(10e6);
    expect(await send(Buffer.alloc(65 * 1024 * 1024, 0x20))).toBe(413);
    expect(await send(bomb, gzip)).toBe(413);
    expect(await send(gzipSync(bomb), gzip)).toBeLessThan(500);
    expect(await send(Buffer.from('no gzip'), gzip)).toBe(400);
    expect(await send(gzipSync(LINE.repeat(50)).subarray(0, 40), gzip)).toBe(400);
    expect(await send(Buffer.from('x'), { 'content-encoding': 'br' })).toBe(415);
    expect((await ask('/api/health')).status).toBe(200);
  }, 30_000);

  test('clients that dribble hold nobody up', async () => {
    const dribbling = Array.from({ length: 100 }, (_, i) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      const head = `POST /v1/telemetry HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: ${NDJSON}\r\nContent-Length: 1000000\r\n`;
      // Half of them never end their headers, the others never their body.
      socket.write(i % 2 === 0 ? head : `${head}\r\n{"event":`);
      return socket;
    });
    await Promise.all(dribbling.map((socket) => once(socket, 'connect')));
    const answer = await ask('/v1/telemetry', {
      method: 'POST',
      headers: { 'content-type': NDJSON },
      body: LINE.replace('intruder', 'friend'),
    });
    expect(answer.status).toBe(200);
    for (const socket of dribbling) socket.destroy();
  });

  test('headers and addresses that are too long are an answer, not a crash', async () => {
    expect([200, 414, 431]).toContain((await ask(`/api/runs?search=${'x'.repeat(20_000)}`)).status);
    expect([200, 431]).toContain(
      (await ask('/api/runs', { headers: { 'x-long': 'y'.repeat(30_000) } })).status,
    );
    for (const search of ['%', "' OR 1=1 --", '\u0000', '_', '\\', '😀', '%25%27'])
      expect((await ask(`/api/runs?search=${encodeURIComponent(search)}`)).status).toBe(200);
    for (const path of [
      '/api/runs/%',
      '/api/runs/%ff',
      '/api/runs/%2e%2e',
      '/api/runs/x/spans/NaN',
      '/api/runs?limit=1e999',
      '/api/runs?cursor=%00%ff',
      '/api/runs/x/spans/-1',
      '/api/runs/x/spans/1e20',
      '/events?after=%ff:x',
    ]) {
      const { status } = path.startsWith('/events') ? { status: 200 } : await ask(path);
      expect([path, status < 500]).toEqual([path, true]);
    }
  });
});

test('on another address a token is made, printed and demanded', async () => {
  const open = await freePort();
  const child = spawn(
    process.execPath,
    [
      join(import.meta.dirname, '../../packages/app/bin/tacho.js'),
      ...['serve', '--host', '0.0.0.0', '--port', String(open), '--no-open', '--home', join(folder, 'open')],
    ],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NO_COLOR: '1', CLAUDE_CONFIG_DIR: folder },
    },
  );
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  try {
    const token = await until(async () => /\?token=([\w-]+)/.exec(output)?.[1]);
    expect(token.length).toBeGreaterThanOrEqual(24);
    const at = { at: open };
    for (const path of [
      '/',
      '/api/runs',
      '/api/health',
      '/events',
      '/openapi.json',
      '/?token=wrong',
      `/?token=${token}x`,
    ]) {
      const { status, body } = await ask(path, at);
      expect([path, status]).toEqual([path, 401]);
      expect(body).not.toContain(token);
    }
    const wrong = [
      `Bearer ${token.slice(0, -1)}`,
      `Bearer ${token} `,
      'Bearer',
      `Basic ${token}`,
      `bearer  ${token}`,
    ];
    for (const authorization of wrong.filter((each) => each.trim() !== `Bearer ${token}`))
      expect((await ask('/api/runs', { ...at, headers: { authorization } })).status).toBe(401);
    const right = { authorization: `Bearer ${token}` };
    expect((await ask('/api/runs', { ...at, headers: right })).status).toBe(200);

    const entered = await ask(`/runs/some?token=${token}&tab=tree`, at);
    expect([entered.status, entered.headers.location]).toEqual([303, '/runs/some?tab=tree']);
    const [cookie = ''] = entered.headers['set-cookie'] as string[];
    expect(cookie).toMatch(/^tacho_token=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
    const kept = { cookie: cookie.split(';', 1)[0]! };
    expect((await ask('/api/runs', { ...at, headers: kept })).status).toBe(200);
    // A foreign page whose request brings the cookie along (an old browser) still changes nothing.
    const foreign = { ...kept, origin: 'https://evil.example', 'content-type': NDJSON };
    expect((await ask('/v1/telemetry', { ...at, method: 'POST', headers: foreign, body: LINE })).status).toBe(
      403,
    );
    // With the token in its path nobody is led away from here.
    expect((await ask(`//evil.example/?token=${token}`, at)).headers.location ?? '/').not.toMatch(/^\/\//);
  } finally {
    child.kill('SIGKILL');
  }
}, 30_000);

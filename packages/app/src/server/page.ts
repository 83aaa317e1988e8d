import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { HttpProblem } from './api-error.ts';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** Where the build puts the page: beside the built server. */
export const PAGE_FOLDER = fileURLToPath(new URL('../web', import.meta.url));

/** The built page. Only files that were there at start are served, so no path can lead out of the folder. */
export function pageRoutes(folder: string = PAGE_FOLDER): Hono {
  const files = new Map<string, string>();
  if (existsSync(folder)) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile()) files.set(`/${relative(folder, path).split(sep).join('/')}`, path);
    }
  }
  const packed = new Map<string, { plain: Buffer<ArrayBuffer>; gzip: Buffer<ArrayBuffer> }>();
  const routes = new Hono();
  routes.get('*', (context) => {
    const { pathname } = new URL(context.req.url);
    if (pathname.startsWith('/api/') || pathname.startsWith('/v1/')) {
      throw new HttpProblem(404, 'not-found', `There is no GET ${pathname}.`, {
        hint: 'GET /openapi.json lists them.',
      });
    }
    // The page's own addresses (/runs/ID …) are the page; a file that is not there is not.
    const name = files.has(pathname)
      ? pathname
      : extname(pathname) === '' || pathname.startsWith('/runs')
        ? '/index.html'
        : pathname;
    const path = files.get(name);
    if (path === undefined) {
      throw new HttpProblem(
        404,
        'not-found',
        name === '/index.html' ? 'The page is not built.' : `There is no file ${pathname}.`,
        {
          ...(name === '/index.html' && { hint: 'Run `npm run build` in the repository.' }),
        },
      );
    }
    let bytes = packed.get(name);
    if (!bytes) {
      const plain = readFileSync(path);
      bytes = { plain, gzip: gzipSync(plain) };
      packed.set(name, bytes);
    }
    const gzip = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '');
    return context.body(gzip ? bytes.gzip : bytes.plain, 200, {
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      // Names under assets/ carry a hash of their content.
      'cache-control': name.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      ...(gzip && { 'content-encoding': 'gzip' }),
    });
  });
  return routes;
}

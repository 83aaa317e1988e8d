import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openTacho } from '../open.ts';

let loaded = false;
vi.mock('@grpc/grpc-js', async (original) => {
  loaded = true;
  return await original();
});

test('gRPC is loaded by who wants it, and by nobody else', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tacho-grpc-'));
  const tacho = await openTacho({ home });
  const { url } = await tacho.listen({ port: 0, host: '127.0.0.1' });
  const health = async (): Promise<unknown> => (await fetch(`${url}/api/health`)).json();
  expect(await health()).not.toHaveProperty('otlpGrpc');
  expect(loaded).toBe(false);
  const { address } = await tacho.listenGrpc({ port: 0, host: '127.0.0.1' });
  expect(loaded).toBe(true);
  expect(await health()).toMatchObject({ otlpGrpc: address });
  await tacho.close();
  rmSync(home, { recursive: true, force: true });
});

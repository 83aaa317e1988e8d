import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll } from 'vitest';
import { launch } from './browser.ts';
import { type Served, serve } from './server-process.ts';

export type Opened = {
  /** For what the test writes; it is removed after the tests. */
  folder: string;
  browser: Browser;
  page: Page;
  /** Errors that the page did not catch. */
  said: readonly string[];
};

/** A page of a browser of its own, until the file's tests have run. */
export async function openPage(name: string): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), `tacho-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const browser = await launch();
  afterAll(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const said: string[] = [];
  page.on('pageerror', (error) => said.push(String(error)));
  return { folder, browser, page, said };
}

/** The same, and a server to look at, which follows the folder's `logs`. */
export async function openServed(name: string): Promise<Opened & { served: Served }> {
  const opened = await openPage(name);
  const { folder } = opened;
  const served = await serve({ home: join(folder, 'home'), watch: join(folder, 'logs') });
  afterAll(() => served.kill());
  return { ...opened, served };
}

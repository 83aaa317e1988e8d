import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatNamed } from '@tacho/trace/formats/index';
import type { Run } from '@tacho/trace/model/run';
import fc from 'fast-check';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anyRunShape, hostileTexts } from './any-run.ts';
import { launch } from './browser.ts';
import { fixturesOf, readBytes, runsOf } from './format-cases.ts';

let folder: string;
let browser: Browser;
/** What the page asked for, said or did that a page at rest does not. */
let heard: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-digest-'));
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function open(run: Run, width = 1440, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const file = join(folder, 'page.html');
  writeFileSync(file, [...formatNamed('html')!.write!(run)].join(''));
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  heard = [];
  page.on('request', (request) => {
    if (request.url() !== pathToFileURL(file).href) heard.push(`asks for ${request.url()}`);
  });
  page.on('dialog', (dialog) => {
    heard.push(`opens a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => heard.push(`says ${message.text()}`));
  page.on('pageerror', (error) => heard.push(`throws ${error.message}`));
  await page.goto(pathToFileURL(file).href);
  return page;
}

const fixture = async (): Promise<Run> => {
  const sample = fixturesOf('telemetry').find(({ name }) => name === 'telemetry.jsonl')!;
  const { records } = await readBytes(formatNamed('telemetry')!, sample.bytes, { name: sample.name });
  return [...runsOf(records).values()][0]!;
};

test('the page of a run works from a disk: wide and narrow without scrolling sideways, and asks for nothing', async () => {
  const run = await fixture();
  for (const width of [1440, 700, 360]) {
    const page = await open(run, width);
    expect(await page.locator('h1').innerText()).toBe('Service map');
    const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    expect([width, await page.evaluate(overflow)]).toEqual([width, 0]);
    expect(heard).toEqual([]);
    await page.close();
  }
});

test('light and dark follow the system, and a name in a table leads to its span in the tree', async () => {
  const run = await fixture();
  const grounds = [];
  for (const scheme of ['light', 'dark'] as const) {
    const page = await open(run, 1440, scheme);
    grounds.push(await page.evaluate('getComputedStyle(document.documentElement).backgroundColor'));
    if (scheme === 'light') await page.close();
    else {
      await page.locator('#problems a').first().click();
      expect(await page.locator(':target').isVisible()).toBe(true);
      expect(await page.locator(':target').innerText()).toContain('pay');
      await page.close();
    }
  }
  expect(grounds).toEqual(['rgb(250, 249, 246)', 'rgb(15, 18, 23)']);
});

test('what agents wrote is text to a browser, whatever it is', async () => {
  const shapes = fc.sample(fc.tuple(anyRunShape, hostileTexts), { seed: 7, numRuns: 12 });
  for (const [shape, texts] of shapes) {
    const run = shape.make(texts);
    const page = await open(run);
    expect(heard).toEqual([]);
    const foreign =
      'document.querySelectorAll("script,img,iframe,form,input,link,object,[onload],[onerror]").length';
    expect(await page.evaluate(foreign)).toBe(0);
    expect(await page.locator('main').count()).toBe(1);
    expect(await page.locator('[id^="s"][id]:is(details,.span)').count()).toBe(shape.spans);
    await page.close();
  }
}, 60_000);

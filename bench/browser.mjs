// A real Chromium for the figures of the page.
import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const PLACES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The new headless mode paints frames as a window does. Nothing talks to the network by itself. */
const ARGUMENTS = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser, or undefined with a sentence where none is installed. The caller closes it. */
export async function launchBrowser() {
  const executablePath = PLACES.find((path) => path && existsSync(path));
  if (executablePath === undefined) {
    console.error('  no Chromium found: install it or set CHROMIUM; the page is not measured');
    return undefined;
  }
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/** Gives `use` a page with nothing cached. */
export async function inPage(browser, use) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  try {
    const result = await use(page);
    if (problems.length > 0) throw new Error(`the page failed: ${problems.join('; ')}`);
    return result;
  } finally {
    await context.close();
  }
}

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** No sandbox: it needs rights that root in a container does not have. Nothing that talks to the network by itself. */
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Path of a Chromium or Chrome: the one that CHROMIUM names, else an installed one, else undefined. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM;
  if (named !== undefined && named !== '' && existsSync(named)) return named;
  return PLACES.find((path) => existsSync(path));
}

/** Starts a browser; the caller closes it. Throws a sentence when none is installed. */
export function launch(more: readonly string[] = []): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error('No Chromium found: install it (Debian: apt-get install chromium) or set CHROMIUM.');
  return chromium.launch({ executablePath, args: [...ARGUMENTS, ...more] });
}

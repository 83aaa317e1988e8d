// Opening a run in a real browser, and moving about in it.
import { createReadStream, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { openStore } from '../packages/app/dist/store/duckdb-store.js';
import { inPage, launchBrowser } from './browser.mjs';
import { alternate, atMost, quantile, within } from './figure.mjs';
import { probe, wheelAbout } from './page-probe.mjs';
import { agentSpans, runOf } from './store-rows.mjs';
import { inFolder, serveTacho } from './tacho.mjs';

const LARGE = 100_000;
const HUGE = 1_000_000;
const BATCH = 20_000;
const ROUNDS = 5;
/** Canvas rectangles in one frame that only bars explain: rulers and lane names have fewer. */
const LEAST_BARS = 150;
const PATIENCE_MS = 60_000;
const TIMELINE = '[role="application"]';
const SPEEDSCOPE = fileURLToPath(new URL('../node_modules/speedscope/dist/release', import.meta.url));
const TYPES = { html: 'text/html', js: 'text/javascript', css: 'text/css' };

/** @returns {Promise<import('./figure.mjs').Figure[]>} */
export async function benchPage() {
  const browser = await launchBrowser();
  if (!browser) return [];
  try {
    return await inFolder((folder) => measure(browser, folder));
  } finally {
    await browser.close();
  }
}

async function measure(browser, folder) {
  const home = join(folder, 'home');
  await fill(home);
  const server = await serveTacho({ home });
  const trace = join(folder, 'trace.json');
  const written = await fetch(`${server.url}/api/runs/large/export?format=chrome-trace`);
  if (!written.ok) throw new Error(`the export answered ${written.status}`);
  writeFileSync(trace, Buffer.from(await written.arrayBuffer()));
  const rival = await serveSpeedscope(trace);
  try {
    const opened = await alternate(
      {
        large: () => inPage(browser, (page) => openRun(page, server.url, 'large')),
        speedscope: () => inPage(browser, (page) => openSpeedscope(page, rival.url)),
      },
      ROUNDS,
      1,
    );
    const hugeMs = await inPage(browser, (page) => openRun(page, server.url, 'huge'));
    const large = await inPage(browser, (page) => moveAbout(page, server.url, 'large'));
    const huge = await inPage(browser, (page) => moveAbout(page, server.url, 'huge'));
    const scriptKb = await inPage(browser, (page) => scriptWeight(page, server.url));
    return [
      within({
        name: 'page: a run of 100 000 spans, navigation to bars',
        unit: 'ms',
        ours: opened.large,
        limit: 1000,
      }),
      atMost({
        name: 'page: a run of 100 000 spans, navigation to bars',
        unit: 'ms',
        ours: opened.large,
        beside: opened.speedscope,
        besideName: 'speedscope with the same run as a Chrome trace',
        maxRatio: 1,
      }),
      within({
        name: 'page: a run of 1 000 000 spans, navigation to bars',
        unit: 'ms',
        ours: hugeMs,
        limit: 4000,
      }),
      within({
        name: 'page: growth from 100 000 to 1 000 000 spans',
        unit: 'exponent',
        ours: Math.log10(hugeMs / opened.large),
        limit: 1.1,
      }),
      ...frameFigures('100 000', large),
      ...frameFigures('1 000 000', huge),
      await structureFigure(server.url, true),
      await structureFigure(server.url, false),
      within({ name: 'page: script of the run page, gzip', unit: 'kB', ours: scriptKb, limit: 300 }),
    ];
  } finally {
    rival.close();
    await server.stop();
  }
}

const AGENTS = 100;

/** The same spans as calls of a hundred agents at work at the same time: a wide run is harder to draw than a long one. */
function sideBySide(items) {
  const agents = items.filter(({ span }) => span.kind === 'agent').slice(0, AGENTS);
  const calls = items.filter(({ span }) => span.kind !== 'agent');
  const eachUs = 2e6;
  const startUs = agents[0].span.startUs;
  const endUs = startUs + Math.ceil(calls.length / AGENTS) * eachUs;
  return [
    ...agents.map(({ span }, no) => ({ no, span: { ...span, startUs, endUs } })),
    ...calls.map(({ span }, i) => {
      const at = startUs + Math.floor(i / AGENTS) * eachUs + ((i * 7919) % 200_000);
      const lastingUs = 200_000 + ((i * 104_729) % 1_500_000);
      const parentId = agents[i % AGENTS].span.spanId;
      return { no: AGENTS + i, span: { ...span, parentId, startUs: at, endUs: at + lastingUs } };
    }),
  ];
}

async function fill(home) {
  const store = await openStore(home);
  for (const [runId, count] of [
    ['large', LARGE],
    ['huge', HUGE],
  ]) {
    // Of every 50 spans that are made, one is an agent of its own, and left out here.
    const items = sideBySide(agentSpans(Math.ceil(count * 1.03), { payloads: false })).slice(0, count);
    const lastUs = items.reduce((most, { span }) => Math.max(most, span.endUs), 0);
    const { header, summary } = runOf(runId, {
      header: { lastUs, endUs: lastUs },
      summary: { spans: items.length },
    });
    for (let at = 0; at < items.length; at += BATCH) {
      await store.write(async (writer) => {
        await writer.putSpans(runId, items.slice(at, at + BATCH));
        await writer.putRun(header, { ...summary, lastUs, endUs: lastUs });
      });
    }
  }
  await store.close();
}

/** Milliseconds from the navigation to the frame after the first one with bars. */
async function openRun(page, url, runId) {
  await page.addInitScript(probe, LEAST_BARS);
  await page.goto(`${url}/runs/${runId}`);
  return await firstPaint(page);
}

async function openSpeedscope(page, url) {
  await page.addInitScript(probe, LEAST_BARS);
  await page.goto(`${url}/index.html#profileURL=${encodeURIComponent(`${url}/trace.json`)}`);
  await page.waitForFunction(() => document.title.endsWith(' - speedscope'), undefined, {
    timeout: PATIENCE_MS,
  });
  return await firstPaint(page);
}

async function firstPaint(page) {
  await page.waitForFunction(() => globalThis.tachoBench.paint.firstMs > 0, undefined, {
    timeout: PATIENCE_MS,
  });
  return page.evaluate(() => globalThis.tachoBench.paint.firstMs);
}

const STEPS = 90;

async function moveAbout(page, url, runId) {
  await openRun(page, url, runId);
  // What is counted in the background after the first bars is over.
  await page.waitForTimeout(1500);
  return page.evaluate(wheelAbout, { selector: TIMELINE, steps: STEPS });
}

const FRAME_MS = 1000 / 60;

/** Speedscope shows one lane at a time: its frames would be no comparison. */
function frameFigures(spans, { deltas, own }) {
  const name = `page: zooming and panning ${spans} spans`;
  return [
    within({
      name: `${name}, frame (median)`,
      unit: 'ms',
      ours: quantile(deltas, 0.5),
      limit: FRAME_MS * 1.02,
    }),
    within({ name: `${name}, frame (p95)`, unit: 'ms', ours: quantile(deltas, 0.95), limit: FRAME_MS * 2 }),
    within({
      name: `${name}, our script in a frame (p95)`,
      unit: 'ms',
      ours: quantile(own, 0.95),
      limit: FRAME_MS,
    }),
  ];
}

async function structureFigure(url, packed) {
  const answer = await fetch(`${url}/api/runs/large/structure`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const ours = (packed ? gzipSync(bytes).length : bytes.length) / LARGE;
  if (packed) return within({ name: 'structure sent, gzip', unit: 'bytes/span', ours, limit: 40 });
  return {
    name: 'structure sent, as it is on loopback',
    unit: 'bytes/span',
    ours,
    beside: null,
    besideName: '',
    ratio: null,
    goal: 'none',
    holds: null,
  };
}

/** Kilobytes of script that the run's page loads, as they come over the wire. */
async function scriptWeight(page, url) {
  let bytes = 0;
  const sizes = [];
  page.on('response', (response) => {
    if (!/\.js$/.test(new URL(response.url()).pathname)) return;
    sizes.push(response.body().then((body) => gzipSync(body).length));
  });
  await page.goto(`${url}/runs/large`, { waitUntil: 'load' });
  await page.waitForTimeout(1500);
  for (const size of await Promise.all(sizes)) bytes += size;
  return bytes / 1000;
}

async function serveSpeedscope(trace) {
  const text = readFileSync(trace);
  const server = createServer((request, response) => {
    const name = basename(new URL(request.url, 'http://localhost').pathname) || 'index.html';
    if (name === 'trace.json') return response.end(text);
    const path = join(SPEEDSCOPE, name);
    if (!existsSync(path)) return response.writeHead(404).end();
    response.setHeader('content-type', TYPES[name.split('.').at(-1)] ?? 'application/octet-stream');
    return createReadStream(path).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

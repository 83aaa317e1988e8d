// From the moment a program starts a span until its row is in the live stream, and until its bar is on the screen.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inPage, launchBrowser } from './browser.mjs';
import { quantile, within } from './figure.mjs';
import { getJson, inFolder, serveTacho } from './tacho.mjs';

const SECONDS = 10;
/** The first second starts processes and compiles. */
const WARM_UP = 1000;
const AGENTS = 20;
const LIMIT_MS = 250;
const program = fileURLToPath(new URL('./steady-program.mjs', import.meta.url));

/** @returns {Promise<import('./figure.mjs').Figure[]>} */
export function benchLive() {
  return inFolder(async (folder) => {
    const watch = join(folder, 'logs');
    const server = await serveTacho({ home: join(folder, 'home'), watch });
    try {
      const inStream = await measureStream(server.url, watch);
      const browser = await launchBrowser();
      const name = 'live: a span recorded at 1000 spans/s';
      const figures = [
        within({
          name: `${name} to its row in the stream (p50)`,
          unit: 'ms',
          ours: quantile(inStream, 0.5),
          limit: LIMIT_MS,
        }),
        within({
          name: `${name} to its row in the stream (p99)`,
          unit: 'ms',
          ours: quantile(inStream, 0.99),
          limit: LIMIT_MS,
        }),
      ];
      if (!browser) return figures;
      const onScreen = await measureScreen(browser, server.url, watch).finally(() => browser.close());
      return [
        ...figures,
        within({
          name: `${name} to its bar on the screen (p50)`,
          unit: 'ms',
          ours: quantile(onScreen, 0.5),
          limit: LIMIT_MS,
        }),
        within({
          name: `${name} to its bar on the screen (p99)`,
          unit: 'ms',
          ours: quantile(onScreen, 0.99),
          limit: LIMIT_MS,
        }),
      ];
    } finally {
      await server.stop();
    }
  });
}

/** Starts the program; resolves to the times at which its spans and agents began, in µs, when it has ended. */
function record(dir) {
  const child = spawn(process.execPath, [program, dir, String(SECONDS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  return once(child, 'close').then(() => JSON.parse(text));
}

const nowUs = () => (performance.timeOrigin + performance.now()) * 1000;

async function runUnderWay(url, known) {
  for (;;) {
    const { runs } = await getJson(`${url}/api/runs`);
    const found = runs.find(({ runId }) => !known.has(runId));
    if (found) return found.runId;
    await new Promise((wake) => setTimeout(wake, 10));
  }
}

async function measureStream(url, watch) {
  const ended = record(watch);
  const runId = await runUnderWay(url, new Set());
  const control = new AbortController();
  const answer = await fetch(`${url}/events?run=${encodeURIComponent(runId)}`, { signal: control.signal });
  const seenUs = [];
  const reading = (async () => {
    let rest = '';
    for await (const chunk of answer.body.pipeThrough(new TextDecoderStream())) {
      const frames = (rest + chunk).split('\n\n');
      rest = frames.pop();
      for (const frame of frames) {
        const data = /^data: (.*)$/m.exec(frame)?.[1];
        const rows = data === undefined ? undefined : JSON.parse(data).rows;
        for (const { no } of rows ?? []) seenUs[no] ??= nowUs();
      }
    }
  })().catch(() => {});
  const { startsUs } = await ended;
  await new Promise((wake) => setTimeout(wake, 500));
  control.abort();
  await reading;
  return latencies(startsUs, (call) => seenUs[AGENTS + call]);
}

/** Milliseconds from each call's start until it was seen; calls before the watching began do not count. */
function latencies(startsUs, seenAtUs) {
  const all = [];
  for (let call = WARM_UP; call < startsUs.length; call++) {
    const seen = seenAtUs(call);
    if (seen !== undefined) all.push((seen - startsUs[call]) / 1000);
  }
  if (all.length < startsUs.length / 2)
    throw new Error(`only ${all.length} of ${startsUs.length} spans were seen`);
  return all;
}

/**
 * An agent that begins gets a lane, and the timeline says how many lanes it shows when it draws them: the frame after
 * that, the agent's bar is on the screen.
 */
async function measureScreen(browser, url, watch) {
  const { runs } = await getJson(`${url}/api/runs`);
  const known = new Set(runs.map(({ runId }) => runId));
  return inPage(browser, async (page) => {
    await page.addInitScript(watchLanes);
    const ended = record(watch);
    await page.goto(`${url}/runs/${encodeURIComponent(await runUnderWay(url, known))}`);
    const { agentsUs } = await ended;
    await page.waitForTimeout(1000);
    const drawn = await page.evaluate(() => globalThis.tachoBench);
    const warmUp = Math.ceil(agentsUs.length * (WARM_UP / (SECONDS * 1000))) * 2;
    return agentsUs.slice(warmUp).map((startUs, i) => {
      const shown = drawn.find(({ lanes }) => lanes >= AGENTS + warmUp + i + 1);
      if (!shown)
        throw new Error(`agent ${warmUp + i} never came on the screen: ${JSON.stringify(drawn.at(-1))}`);
      return (shown.atUs - startUs) / 1000;
    });
  });
}

/** Runs in the page: notes when how many lanes came on the screen. */
function watchLanes() {
  const shown = [];
  globalThis.tachoBench = shown;
  const look = () => {
    const label = document.querySelector('[role="application"]')?.getAttribute('aria-label');
    const lanes = Number(/(\d+) lanes/.exec(label ?? '')?.[1] ?? 0);
    if (lanes === (shown.at(-1)?.lanes ?? 0)) return;
    const seen = { lanes, atUs: Number.POSITIVE_INFINITY };
    shown.push(seen);
    // What was drawn in this frame is on the screen at the next.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        seen.atUs = (performance.timeOrigin + performance.now()) * 1000;
      }),
    );
  };
  const start = () => {
    const everything = { subtree: true, childList: true, attributes: true, attributeFilter: ['aria-label'] };
    new MutationObserver(look).observe(document.documentElement, everything);
  };
  if (document.documentElement) start();
  else addEventListener('DOMContentLoaded', start);
}

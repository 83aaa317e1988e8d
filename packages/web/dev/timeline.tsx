import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Timeline } from '../src/timeline/timeline.tsx';
import type { TimelineView } from '../src/timeline/view.ts';
import { TipProvider } from '../src/ui/tooltip.tsx';
import '../src/ui/theme.css';
import {
  deepRun,
  demoRun,
  emptyRun,
  failedRun,
  growingRun,
  largeRun,
  type SampleRun,
  START_US,
  singleRun,
  tornRun,
} from './sample-runs.ts';

/** Runs by name: `timeline.html?run=live&theme=light`. A number makes a run of so many spans. */
const RUNS: Record<string, () => SampleRun> = {
  demo: () => demoRun(false),
  live: () => demoRun(true),
  empty: () => emptyRun(false),
  waiting: () => emptyRun(true),
  growing: () => emptyRun(true),
  single: singleRun,
  torn: tornRun,
  failed: failedRun,
  deep: () => deepRun(10_000),
};

const query = new URLSearchParams(location.search);
document.documentElement.dataset.theme = query.get('theme') ?? 'dark';

/** A live run stands 222 s after its start when the page opens, and goes on from there. */
const openedMs = performance.now();
const nowUs = (): number =>
  START_US + (query.get('run') === 'growing' ? 0 : 222e6) + (performance.now() - openedMs) * 1000;

/** Twenty times a second, `rate` spans a second (query; 1000). */
function grow(
  setRun: (run: SampleRun) => void,
  setVersion: (next: (now: number) => number) => void,
): () => void {
  const run = growingRun();
  const rate = Number(query.get('rate') ?? 1000);
  const timer = setInterval(() => {
    run.grow(nowUs(), Math.ceil(rate / 20));
    setRun({ columns: run.columns, header: { ...run.header } });
    setVersion((now) => now + 1);
  }, 50);
  return () => clearInterval(timer);
}

let show: (run: SampleRun) => void = () => {};

function Page() {
  const name = query.get('run') ?? 'demo';
  const [run, setRun] = useState(() => (RUNS[name] ?? (() => largeRun(Number(name) || 1000)))());
  const [version, setVersion] = useState(0);
  const [shown, setShown] = useState(0);
  const [selected, setSelected] = useState<number | null>(null);
  useEffect(() => (name === 'growing' ? grow(setRun, setVersion) : undefined), [name]);
  show = (next) => {
    setRun(next);
    setShown((now) => now + 1);
  };
  const path = query.has('path')
    ? Int32Array.from(run.columns.startUs.subarray(0, run.columns.count).keys()).filter(
        (no) => run.columns.kind[no] === 1 && no % 3 === 0,
      )
    : undefined;
  return (
    <TipProvider>
      <div style={{ height: '100vh' }}>
        <Timeline
          key={shown}
          columns={run.columns}
          version={version}
          header={run.header}
          nowUs={nowUs}
          selected={selected}
          onSelect={setSelected}
          criticalPath={path}
          onViewChange={(view) => {
            window.tachoTimeline.view = view;
          }}
        />
      </div>
    </TipProvider>
  );
}

createRoot(document.getElementById('root')!).render(<Page />);

const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
const canvas = (): HTMLElement => document.querySelector<HTMLElement>('[role=application]')!;

/** Zooms in and out and pans by the wheel, as a person would; the milliseconds each frame took. */
async function frames(count: number): Promise<number[]> {
  const times: number[] = [];
  const box = canvas().getBoundingClientRect();
  let before = await frame();
  for (let at = 0; at < count; at++) {
    const zooming = at % 60 < 40;
    canvas().dispatchEvent(
      new WheelEvent('wheel', {
        clientX: box.left + box.width * 0.6,
        clientY: box.top + box.height / 2,
        ctrlKey: zooming,
        deltaY: zooming ? (at % 60 < 20 ? -40 : 40) : 0,
        deltaX: zooming ? 0 : 60 * (at % 2 ? 1 : -1),
        cancelable: true,
        bubbles: true,
      }),
    );
    const now = await frame();
    times.push(now - before);
    before = now;
  }
  return times;
}

/** Shows a run of `count` spans; milliseconds until it is painted. */
async function load(count: number): Promise<number> {
  const run = largeRun(count);
  const startMs = performance.now();
  show(run);
  await frame();
  await frame();
  return performance.now() - startMs;
}

declare global {
  interface Window {
    /** For benchmarks. */
    tachoTimeline: { load: typeof load; frames: typeof frames; view?: TimelineView | undefined };
  }
}
window.tachoTimeline = { load, frames };

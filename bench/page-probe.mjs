/**
 * Runs in the page before anything of it: watches what is drawn, frame by frame. `paint.firstMs` is when the first frame
 * was over in which bars were drawn (milliseconds since navigation); `frames` collects, while `recording`, the time from
 * frame to frame and how much of it was spent in the page's own frame callbacks.
 */
export function probe(leastBars) {
  const paint = { firstMs: 0, drawn: 0 };
  const frames = { recording: false, deltas: [], own: [] };
  globalThis.tachoBench = { paint, frames };
  const count = (prototype, names) => {
    for (const name of names) {
      const original = prototype[name];
      prototype[name] = function (...given) {
        paint.drawn++;
        return original.apply(this, given);
      };
    }
  };
  count(CanvasRenderingContext2D.prototype, ['fillRect', 'roundRect']);
  // A batch of rectangles is one call there: any drawing counts.
  for (const kind of [globalThis.WebGLRenderingContext, globalThis.WebGL2RenderingContext]) {
    if (!kind) continue;
    for (const name of ['drawArrays', 'drawElements']) {
      const original = kind.prototype[name];
      kind.prototype[name] = function (...given) {
        paint.drawn += leastBars;
        return original.apply(this, given);
      };
    }
  }
  const request = globalThis.requestAnimationFrame.bind(globalThis);
  let own = 0;
  globalThis.requestAnimationFrame = (callback) =>
    request((time) => {
      const started = performance.now();
      callback(time);
      own += performance.now() - started;
    });
  let last = 0;
  const watch = (time) => {
    if (paint.firstMs === 0 && paint.drawn >= leastBars) {
      // The frame after: what was drawn is on the screen.
      paint.firstMs = performance.now();
    }
    if (frames.recording && last > 0) {
      frames.deltas.push(time - last);
      frames.own.push(own);
    }
    last = time;
    own = 0;
    paint.drawn = paint.firstMs === 0 ? 0 : paint.drawn;
    request(watch);
  };
  request(watch);
}

/**
 * Runs in the page: zooms in, pans to and fro, and zooms out again, one wheel event a frame as a trackpad sends them.
 * @param {{selector: string, steps: number}} options
 */
export async function wheelAbout({ selector, steps }) {
  const element = document.querySelector(selector);
  const { left, top, width, height } = element.getBoundingClientRect();
  const { frames } = globalThis.tachoBench;
  const at = { clientX: left + width * 0.6, clientY: top + height * 0.5, bubbles: true, cancelable: true };
  const turn = (how) =>
    new Promise((resolve) => {
      let step = 0;
      const frame = () => {
        element.dispatchEvent(new WheelEvent('wheel', { ...at, ...how(step) }));
        if (++step < steps) requestAnimationFrame(frame);
        else resolve();
      };
      requestAnimationFrame(frame);
    });
  frames.deltas = [];
  frames.own = [];
  frames.recording = true;
  await turn(() => ({ deltaY: -40, ctrlKey: true }));
  await turn((step) => ({ deltaX: step < steps / 2 ? 30 : -30, deltaY: 0 }));
  await turn(() => ({ deltaY: 40, ctrlKey: true }));
  frames.recording = false;
  return { deltas: frames.deltas, own: frames.own };
}

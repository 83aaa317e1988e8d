import { tickLabel, tickStep } from '@tacho/trace/model/ticks';
import { type TimeRange, xOf } from './view.ts';

export type Tick = { readonly us: number; readonly x: number; readonly label: string };

export { tickLabel, tickStep } from '@tacho/trace/model/ticks';

/** Ticks of a view, relative to the run's start. */
export function ticksOf(view: TimeRange, widthPx: number, originUs: number, leastPx = 72): Tick[] {
  if (widthPx <= 0) return [];
  const step = tickStep((view.toUs - view.fromUs) / widthPx, leastPx);
  const ticks: Tick[] = [];
  const first = Math.ceil((view.fromUs - originUs) / step);
  const last = Math.floor((view.toUs - originUs) / step);
  for (let index = first; index <= last; index++) {
    const relative = index * step;
    ticks.push({
      us: originUs + relative,
      x: xOf(view, widthPx, originUs + relative),
      label: tickLabel(relative, step),
    });
  }
  return ticks;
}

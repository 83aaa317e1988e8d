import { type PointerEvent, useState } from 'react';
import { clock, compact } from '../../ui/format.ts';
import type { Analyses } from './analyses.ts';
import css from './run.module.css';

const WIDTH = 260;
const HEIGHT = 44;

/** Shorter runs are taken to be this long, as the curve takes its shortest window: the mean never lies above the peak. */
const SHORTEST_US = 5e6;

/** Tokens a minute: over the last half minute while the run goes on, over all of it afterwards. */
export function burnOf({ burnNow, header }: Analyses): number {
  if (header.status === 'running') return burnNow;
  return (header.tokens / Math.max(header.durationUs, SHORTEST_US)) * 60e6;
}

/** Token burn: tokens a minute over a rolling half minute, all agents together, from the start of the run to now. */
export function BurnChart({ analyses }: { analyses: Analyses }) {
  const { tsUs, perMinute } = analyses.burn;
  const [share, setShare] = useState<number | undefined>();
  const points = perMinute.length;
  let peak = 0;
  for (const value of perMinute) peak = Math.max(peak, value);
  if (points < 2 || peak === 0) return null;
  const x = (at: number): number => (at / (points - 1)) * WIDTH;
  const y = (value: number): number => HEIGHT - (value / peak) * (HEIGHT - 4);
  let line = '';
  perMinute.forEach((value, at) => {
    line += `${at === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
  });
  const at = share === undefined ? undefined : Math.round(share * (points - 1));
  const startUs = analyses.header.startUs;
  const running = analyses.header.status === 'running';
  const point = (event: PointerEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    setShare(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
  };
  return (
    <figure className={css.burn}>
      <figcaption>
        <span className={css.burnNow}>
          <span className={css.statName}>{running ? 'burn' : 'mean burn'}</span>
          <strong>{compact(burnOf(analyses))}</strong> tokens/min
        </span>
        <span>
          {at === undefined
            ? `peak ${compact(peak)}`
            : `${compact(perMinute[at])} at ${clock((tsUs[at] ?? startUs) - startUs)}`}
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Tokens a minute over the run: peak ${compact(peak)}, now ${compact(perMinute[points - 1])}`}
        onPointerMove={point}
        onPointerLeave={() => setShare(undefined)}
      >
        <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className={css.burnAxis} />
        <line x1={0} x2={WIDTH} y1={y(peak / 2)} y2={y(peak / 2)} className={css.burnGrid} />
        <path d={`${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`} className={css.burnArea} />
        <path d={line} className={css.burnLine} />
        {at !== undefined && <line x1={x(at)} x2={x(at)} y1={0} y2={HEIGHT} className={css.burnCursor} />}
      </svg>
    </figure>
  );
}

import type { PointerEvent } from 'react';
import { pointNear, type Slots } from './time-slots.ts';
import css from './trends.module.css';
import { type AxisKind, axisOf, shareOf } from './value-axis.ts';

const WIDTH = 300;
const HEIGHT = 72;
/** Bars keep so much of a slot free, but never vanish. */
const GAP = 0.18;

export type Tone = 'main' | 'quiet' | 'good' | 'bad';
export type Series = {
  name: string;
  tone: Tone;
  /** Bars of several series stand on each other. */
  look: 'bar' | 'line';
  /** By point; null: unknown, and nothing is drawn. */
  values: readonly (number | null)[];
};

export type Trend = {
  title: string;
  slots: Slots;
  series: readonly Series[];
  axis: AxisKind;
  /** A value of the axis. */
  unit: (value: number) => string;
  /** What stands beside the title: of one point, or of all where none is pointed at. */
  of: (point: number) => string;
  all: string;
};

/** How one figure changed: bars or lines over an axis that the charts beside it share. */
export function TrendChart({
  trend,
  at,
  onAt,
}: {
  trend: Trend;
  at: number | undefined;
  onAt: (point: number | undefined) => void;
}) {
  const { title, slots, series, unit, of, all } = trend;
  const bars = series.filter(({ look }) => look === 'bar');
  const lines = series.filter(({ look }) => look === 'line');
  const sums = slots.at.map((_, point) => bars.reduce((sum, { values }) => sum + (values[point] ?? 0), 0));
  const values = [...(bars.length > 0 ? sums : []), ...lines.flatMap((line) => line.values)];
  const axis = axisOf(values, trend.axis) ?? { from: 0, to: 1 };
  const width = WIDTH / Math.max(1, slots.count);
  const x = (point: number): number => (slots.at[point]! + 0.5) * width;
  const y = (value: number): number => HEIGHT - shareOf(value, axis) * (HEIGHT - 1);
  const point = (event: PointerEvent<SVGSVGElement>): void => {
    const box = event.currentTarget.getBoundingClientRect();
    const near = pointNear(slots, (event.clientX - box.left) / box.width);
    onAt(near < 0 ? undefined : near);
  };
  return (
    <figure className={css.chart}>
      <figcaption>
        <span className={css.title}>{title}</span>
        <span className={css.readout}>{at === undefined ? all : of(at)}</span>
      </figcaption>
      <div className={css.plot}>
        <span className={css.ends} aria-hidden="true">
          <i>{unit(axis.to)}</i>
          <i>{unit(axis.from)}</i>
        </span>
        <svg
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${title}: ${all}`}
          onPointerMove={point}
          onPointerLeave={() => onAt(undefined)}
        >
          <path className={css.grid} d={`M0 0.5H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}`} />
          <path className={css.ground} d={`M0 ${HEIGHT - 0.5}H${WIDTH}`} />
          {bars.map(({ name, tone, values: own }, no) => (
            <path
              key={name}
              className={css.bar}
              data-tone={tone}
              d={own
                .map((value, on) => {
                  if (value === null || value === 0) return '';
                  const below = bars.slice(0, no).reduce((sum, bar) => sum + (bar.values[on] ?? 0), 0);
                  const [top, bottom] = [y(below + value), y(below)];
                  return `M${(x(on) - (width * (1 - GAP)) / 2).toFixed(2)} ${bottom.toFixed(2)}V${top.toFixed(2)}h${(width * (1 - GAP)).toFixed(2)}V${bottom.toFixed(2)}Z`;
                })
                .join('')}
            />
          ))}
          {lines.map(({ name, tone, values: own }) => (
            <path key={name} className={css.line} data-tone={tone} d={linePath(own, x, y)} />
          ))}
          {slots.at.length <= MOST_DOTS &&
            lines.map(({ name, tone, values: own }) => (
              <path key={name} className={css.dots} data-tone={tone} d={dotsPath(own, x, y)} />
            ))}
          {at !== undefined && <path className={css.cursor} d={`M${x(at)} 0V${HEIGHT}`} />}
        </svg>
        <span className={css.starts} aria-hidden="true">
          {at === undefined ? (
            <>
              <i>{slots.labels[0]}</i>
              {slots.labels.length > 1 && <i>{slots.labels.at(-1)}</i>}
            </>
          ) : (
            <b style={{ left: `${(x(at) / WIDTH) * 100}%`, translate: `-${(x(at) / WIDTH) * 100}%` }}>
              {slots.labels[at]}
            </b>
          )}
        </span>
      </div>
    </figure>
  );
}

/** More points than these are a line without dots. */
const MOST_DOTS = 32;

type Place = (value: number) => number;

/** From each known point to the next: what is unknown in between is bridged, for its slot may simply have no run. */
function linePath(values: readonly (number | null)[], x: Place, y: Place): string {
  let path = '';
  values.forEach((value, point) => {
    if (value === null) return;
    path += `${path === '' ? 'M' : 'L'}${x(point).toFixed(2)} ${y(value).toFixed(2)}`;
  });
  return path;
}

/** Lines without length and with round ends are dots, which no stretching of the drawing makes oval. */
function dotsPath(values: readonly (number | null)[], x: Place, y: Place): string {
  return values
    .map((value, point) => (value === null ? '' : `M${x(point).toFixed(2)} ${y(value).toFixed(2)}h0.01`))
    .join('');
}

import type { MetricComparison } from '@tacho/trace/analysis/compare/compare';
import type { TaskComparison } from '@tacho/trace/analysis/compare/task-comparison';
import { plainLine } from '@tacho/trace/model/plain-text';
import { type KeyboardEvent, type PointerEvent, useMemo, useRef, useState } from 'react';
import { rowAfter } from '../../ui/row-keys.ts';
import tones from '../status.module.css';
import css from './compare.module.css';
import { changesOf, effectScale } from './effect-scale.ts';
import { changeText, taskValueText } from './metric-words.ts';
import { nearestDot, stripLayout } from './strip-layout.ts';
import own from './tasks.module.css';
import { useWidth } from './use-width.ts';
import { toneOf, VerdictIcon } from './verdict-look.tsx';

const DOT_PX = 9;
/** Room at both ends, so that a dot at the end is whole. */
const END_PX = 8;
/** Over the dots: the effect of all of them with its interval. */
const EFFECT_PX = 26;
/** Tasks that a page key steps over. */
const PAGE = 10;

/** The difference of every task, one dot each, with the effect and its interval above. What is better lies to the right. */
export function StripPlot({
  tasks,
  shown,
  metric,
  onOpen,
}: {
  tasks: readonly TaskComparison[];
  /** Those that are in the table; the others are faint. */
  shown: ReadonlySet<TaskComparison>;
  metric: MetricComparison;
  onOpen: (task: TaskComparison) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const widthPx = useWidth(box);
  const [pointed, setPointed] = useState<TaskComparison | undefined>();
  const { metric: name } = metric;
  const { points, scale, strip } = useMemo(() => {
    const found = tasks.filter(({ metrics }) => metrics[name].change !== null);
    const changes = found.map(({ metrics }) => metrics[name].change!);
    const of = effectScale(metric, [...changes, ...changesOf(metric)]);
    // From worse to better, so that keys go through them as they lie.
    const sorted = found
      .map((task, at) => ({ task, place: of.at(changes[at]!) }))
      .sort((a, b) => a.place - b.place);
    const places = sorted.map(({ place }) => place);
    return {
      points: sorted.map(({ task }) => task),
      scale: of,
      strip: stripLayout(places, Math.max(60, widthPx - 2 * END_PX), DOT_PX),
    };
  }, [tasks, metric, name, widthPx]);
  const at = pointed === undefined ? -1 : points.indexOf(pointed);
  const middlePx = EFFECT_PX + strip.heightPx / 2;
  const heightPx = EFFECT_PX + strip.heightPx + 4;
  const insidePx = Math.max(60, widthPx - 2 * END_PX);
  const x = (change: number): number => END_PX + scale.at(change) * insidePx;

  const point = (event: PointerEvent<HTMLElement>): void => {
    const from = event.currentTarget.getBoundingClientRect();
    const nearest = nearestDot(
      strip.dots,
      event.clientX - from.left - END_PX,
      event.clientY - from.top - middlePx,
    );
    setPointed(nearest === undefined ? undefined : points[nearest]);
  };
  const onKey = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === 'Enter' && pointed) {
      event.preventDefault();
      onOpen(pointed);
      return;
    }
    const key = { ArrowRight: 'ArrowDown', ArrowLeft: 'ArrowUp' }[event.key] ?? event.key;
    const to = rowAfter(key, at, points.length, PAGE);
    if (to === undefined) return;
    event.preventDefault();
    setPointed(points[to]);
  };

  const told = pointed && at >= 0 ? pointed : undefined;
  return (
    <figure className={own.strip}>
      <div
        ref={box}
        className={own.stripBox}
        role="slider"
        tabIndex={0}
        aria-label={`Tasks by ${metric.title.toLowerCase()}, from worse to better`}
        aria-valuemin={1}
        aria-valuemax={points.length}
        aria-valuenow={at < 0 ? 1 : at + 1}
        aria-valuetext={told ? wordsOf(told, metric) : `${points.length} tasks: arrow keys go through them`}
        style={{ height: heightPx }}
        onKeyDown={onKey}
        onFocus={() => setPointed((now) => now ?? points[0])}
        onBlur={() => setPointed(undefined)}
        onPointerMove={point}
        onPointerLeave={() => setPointed(undefined)}
        onClick={() => told && onOpen(told)}
      >
        {widthPx > 0 && (
          <svg width={widthPx} height={heightPx} aria-hidden="true">
            <line x1={widthPx / 2} x2={widthPx / 2} y1={0} y2={heightPx} className={css.none} />
            {metric.interval && (
              <rect
                x={Math.min(x(metric.interval.lower), x(metric.interval.upper))}
                width={Math.abs(x(metric.interval.upper) - x(metric.interval.lower))}
                y={0}
                height={heightPx}
                className={own.band}
              />
            )}
            {metric.effect !== null && (
              <path
                d={`M${x(metric.effect)} ${EFFECT_PX / 2 - 7}l7 7l-7 7l-7 -7z`}
                className={`${own.effect} ${tones[toneOf(metric.verdict)]}`}
              />
            )}
            {strip.dots.map(({ xPx, yPx }, no) => {
              const task = points[no]!;
              const { result } = task.metrics[name];
              return (
                <circle
                  // biome-ignore lint/suspicious/noArrayIndexKey: dots are positions, and names of tasks need not differ.
                  key={no}
                  cx={END_PX + xPx}
                  cy={middlePx + yPx}
                  r={no === at ? 5.5 : 3.6}
                  className={`${own.dot} ${tones[toneOf(result)]}`}
                  data-result={result}
                  data-on={no === at || undefined}
                  data-faint={shown.has(task) ? undefined : true}
                />
              );
            })}
          </svg>
        )}
      </div>
      <div className={own.axis} aria-hidden="true">
        <span>← worse · {scale.ends.worse}</span>
        <span>{scale.ends.none}</span>
        <span>{scale.ends.better} · better →</span>
      </div>
      <figcaption className={own.readout}>
        {told ? (
          <>
            <VerdictIcon of={told.metrics[name].result} size={13} />
            <span>{wordsOf(told, metric)}</span>
          </>
        ) : (
          <span className={own.hint}>
            A dot is a task; the diamond is the effect, the band its 95 % interval. Point at a dot, or go
            through them with the arrow keys; Enter leads to its row.
          </span>
        )}
      </figcaption>
    </figure>
  );
}

function wordsOf(task: TaskComparison, metric: MetricComparison): string {
  const { change, result } = task.metrics[metric.metric];
  const [before, after] = [
    taskValueText(task, metric.metric, 'baseline'),
    taskValueText(task, metric.metric, 'treatment'),
  ];
  return `${plainLine(task.task)}: ${before} to ${after}, ${changeText(metric, change)}, ${result}`;
}

import { activeAgents } from '../../analysis/concurrency.ts';
import { lanesOf } from '../../analysis/lanes.ts';
import type { Prepared } from '../../analysis/summary.ts';
import { textAt } from '../../model/columns.ts';
import { compact, counted, duration, grouped } from '../../model/figures.ts';
import type { Run } from '../../model/run.ts';
import { SPAN_KINDS } from '../../model/span.ts';
import { tickLabel, tickStep } from '../../model/ticks.ts';
import { chooseLanes, type LaneRows } from './lane-choice.ts';
import { fitted, html, Markup, percentage } from './markup.ts';
import { type Slice, slicesOf } from './slices.ts';
import { LANE_PX, SUB_ROW_PX } from './style.ts';

/** Bars of the drawing. */
const MOST_SLICES = 1800;
const MOST_NAME = 48;
/** Height of the ruler with the area of active agents over the lanes. */
const HEAD_PX = 44;
/** Width of a drawing that ticks are laid out for; every second is left out where there is less room. */
const TYPICAL_PX = 1100;

/** The run as a drawing: lanes by agent, time from left to right. */
export function timeline(run: Run, { columns, tree }: Prepared): Markup | undefined {
  if (columns.count === 0) return undefined;
  const range = rangeOf(run, { columns, tree });
  const layout = lanesOf(columns, tree, range.toUs);
  const rows = chooseLanes(layout);
  const slices = slicesOf(columns, tree, layout, rows, range, MOST_SLICES);
  const tops = topsOf(rows);
  const height = tops.at(-1)!;
  const bars = slices
    .sort((a, b) => ORDER[a.shape] - ORDER[b.shape] || a.level - b.level || Number(a.error) - Number(b.error))
    .map((slice) => bar(slice, range, tops, textAt(columns, 'name', slice.no)));
  return html`<section id="timeline"><h2>Timeline<small>${counted(columns.count, 'span')} · ${duration(range.toUs - range.fromUs)}</small></h2><figure><div class="timeline">${laneNames(rows, tops)}<svg height="${height}" role="img" aria-label="Spans of the run over time, in lanes by agent">${bands(rows, tops)}${ticks(range, height)}${activity({ columns, tree }, range)}${bars}</svg></div>${legend(slices, columns.count, rows)}</figure></section>`;
}

/** Where each row begins, in px from the top, and where the last one ends. */
function topsOf({ heads }: LaneRows): number[] {
  const tops = [HEAD_PX];
  heads.forEach((first, at) => {
    tops.push(tops.at(-1)! + (first && heads[at + 1] !== false ? LANE_PX : first ? LANE_PX - 3 : SUB_ROW_PX));
  });
  return tops;
}

type Range = { fromUs: number; toUs: number };

/** From the first start to the last end, the run's own among them. */
function rangeOf(run: Run, { columns }: Pick<Prepared, 'columns' | 'tree'>): Range {
  let fromUs = run.startUs > 0 ? run.startUs : Number.POSITIVE_INFINITY;
  let toUs = run.endUs ?? run.lastUs;
  for (let no = 0; no < columns.count; no++) {
    fromUs = Math.min(fromUs, columns.startUs[no]!);
    const end = columns.endUs[no]!;
    toUs = Math.max(toUs, columns.startUs[no]!, Number.isNaN(end) ? 0 : end);
  }
  return { fromUs, toUs: Math.max(toUs, fromUs + 1) };
}

const ORDER: Record<Slice['shape'], number> = { container: 0, spanning: 1, leaf: 2 };

function laneNames({ lanes, left }: LaneRows, tops: readonly number[]): Markup {
  const items = lanes.map(({ lane, row, rows }) => {
    const name = lane.name === '' ? '(unnamed)' : fitted(lane.name, MOST_NAME);
    const look = lane.kind === 'stage' ? html` class="stage"` : undefined;
    return html`<li${look} style="--px:${tops[row + rows]! - tops[row]!}px" title="${name}">${name}</li>`;
  });
  const rest =
    left === 0
      ? undefined
      : html`<li class="rest" style="--px:${LANE_PX}px">+ ${compact(left)} more lanes</li>`;
  return html`<ul class="lanes" style="margin-top:${HEAD_PX}px">${items}${rest}</ul>`;
}

/** A ground under every second lane, so that the eye keeps its row. */
function bands({ lanes }: LaneRows, tops: readonly number[]): Markup[] {
  return lanes.flatMap(({ row, rows }, at) =>
    at % 2 === 0
      ? [html`<rect class="band" width="100%" y="${tops[row]!}" height="${tops[row + rows]! - tops[row]!}"/>`]
      : [],
  );
}

function ticks({ fromUs, toUs }: Range, height: number): Markup[] {
  const spanUs = toUs - fromUs;
  const stepUs = tickStep(spanUs / TYPICAL_PX, 80);
  const found: Markup[] = [];
  for (let at = 0; at * stepUs <= spanUs; at++) {
    const x = percentage((at * stepUs) / spanUs);
    // No room for a label at the right edge.
    const label =
      at * stepUs > spanUs * 0.965
        ? undefined
        : html`<text class="tick" x="${x}" dx="4" y="${HEAD_PX - 6}">${tickLabel(at * stepUs, stepUs)}</text>`;
    const odd = at % 2 === 1 ? html` class="odd"` : undefined;
    found.push(
      html`<g${odd}><line class="grid" x1="${x}" x2="${x}" y1="${HEAD_PX - 18}" y2="${height}"/>${label}</g>`,
    );
  }
  return found;
}

const POINTS = 220;
const AREA_PX = 22;

/** How many agents were at work, as steps; nothing where it was never more than one. */
function activity({ columns, tree }: Pick<Prepared, 'columns' | 'tree'>, range: Range): Markup | undefined {
  const { active } = activeAgents(columns, tree, { nowUs: range.toUs, ...range, points: POINTS });
  const most = active.reduce((max, value) => Math.max(max, value), 0);
  if (most <= 1) return undefined;
  const y = (value: number): string => (AREA_PX * (1 - value / most)).toFixed(1);
  const steps = Array.from(active, (value, at) => `V${y(value)}H${at + 1}`).join('');
  return html`<svg width="100%" height="${AREA_PX}" viewBox="0 0 ${active.length} ${AREA_PX}" preserveAspectRatio="none"><title>Agents at work: at most ${most.toFixed(1)} at once</title><path class="area" d="M0 ${AREA_PX}${new Markup(steps)}V${AREA_PX}Z"/></svg>`;
}

function bar(slice: Slice, { fromUs, toUs }: Range, tops: readonly number[], name: string): Markup {
  const { row, shape, kind, error, open, count } = slice;
  const spanUs = toUs - fromUs;
  const share = (slice.toUs - slice.fromUs) / spanUs;
  // Never invisible; an error can be found.
  const width = Math.max(share, error ? 0.002 : 0.0008);
  const x = Math.min((slice.fromUs - fromUs) / spanUs, 1 - width);
  const [inset, px] = placeIn(slice, tops[row + 1]! - tops[row]! < LANE_PX / 2);
  const looks = `b k-${kind}${shape === 'container' ? ' c' : shape === 'spanning' ? ' l' : ''}${open ? ' t' : ''}${error ? ' e' : ''}`;
  const shown = name === '' ? '(unnamed)' : fitted(name, MOST_NAME);
  const more = count > 1 ? ` and ${grouped(count - 1)} more` : '';
  const text = `${shown}${more} · ${duration(slice.toUs - slice.fromUs)}${error ? ' · failed' : ''}`;
  return html`<rect class="${looks}" x="${percentage(x)}" y="${tops[row]! + inset}" width="${percentage(width)}" height="${px}" rx="${shape === 'container' ? 3 : 1.5}"><title>${text}</title></rect>`;
}

/** A bar's distance from the top of its row, and its height, in px. Leaves lie inside the bodies of all containers. */
function placeIn({ shape, level }: Slice, low: boolean): [insetPx: number, heightPx: number] {
  if (shape === 'spanning') return [low ? 3 : 9, 2];
  if (shape === 'leaf') return low ? [1, 6] : [6, 8];
  const inset = 1 + level * 1.5;
  return low ? [0, 8] : [inset, 18 - level * 3];
}

function legend(slices: readonly Slice[], spans: number, { left }: LaneRows): Markup {
  const used = SPAN_KINDS.filter((kind) => slices.some((slice) => slice.kind === kind && !slice.error));
  const kinds = used.map((kind) => html`<span><i class="dot k-${kind}"></i>${KIND_WORDS[kind]}</span>`);
  const error = slices.some((slice) => slice.error)
    ? html`<span><i class="dot e"></i>failed</span>`
    : undefined;
  const drawn =
    slices.length < spans
      ? html`<span class="faint">${grouped(spans)} spans in ${grouped(slices.length)} bars: neighbours too narrow to tell apart are drawn as one${left > 0 ? `, and ${counted(left, 'lane')} in one row` : ''}</span>`
      : undefined;
  return html`<figcaption class="legend">${kinds}${error}${drawn}</figcaption>`;
}

export const KIND_WORDS: Record<(typeof SPAN_KINDS)[number], string> = {
  task: 'task',
  agent: 'agent',
  llm: 'model call',
  tool: 'tool',
  stage: 'stage',
  retrieval: 'retrieval',
  embedding: 'embedding',
  evaluation: 'evaluation',
  decision: 'decision',
};

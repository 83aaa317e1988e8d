import { type Digest, digestOf } from '../../analysis/digest.ts';
import { prepare } from '../../analysis/summary.ts';
import { utcTime } from '../../model/figures.ts';
import type { Run } from '../../model/run.ts';
import type { DigestTable } from '../digest-table.ts';
import { digestTables } from '../digest-tables.ts';
import { head, tokenBar } from './head.ts';
import { fitted, html, type Markup } from './markup.ts';
import { chooseSpans } from './span-choice.ts';
import { STYLE } from './style.ts';
import { tableSection } from './table.ts';
import { timeline } from './timeline.ts';
import { treeSection } from './tree.ts';

const BOUNDS = { agents: 40, tools: 25, notable: 10, problems: 40 };
/** Spans in the tree. With the bounds on bars, names and payloads it keeps the page of any run below 2 MB. */
const MOST_SPANS = 1000;

/** Tables that stand side by side where there is room. */
const PAIRS: readonly (readonly string[])[] = [
  ['models', 'tools'],
  ['slowest', 'dearest'],
  ['tokens', 'prices'],
  ['rounds', 'criteria'],
  ['verdicts', 'quality'],
];

/** One page of one run, whole in itself: no script, no network; opens from a disk, in light and dark, and prints. */
export function* write(run: Run): Generator<string, void, undefined> {
  const prepared = prepare(run);
  const digest = digestOf(run, prepared);
  const tables = digestTables(digest, BOUNDS);
  const named = tables.flatMap(({ rows }) => rows.flatMap((cells) => cells.flatMap(({ no }) => no ?? [])));
  const shown = chooseSpans(prepared.columns, prepared.tree, named, run.lastUs, MOST_SPANS);
  const drawing = timeline(run, prepared);
  const title = `${fitted(run.name === '' ? run.runId : run.name, 120)} · Tacho`;
  yield html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark"><title>${title}</title><style>${STYLE}</style></head>
<body>${head(run, digest)}${navigation(digest, tables, drawing !== undefined)}<main class="wrap">
`.text;
  if (drawing !== undefined) yield `${drawing.text}\n`;
  else
    yield html`<section><h2>No spans</h2><p class="mute">Nothing was recorded of what this run did.</p></section>`
      .text;
  for (const group of grouped(tables)) {
    const sections = group.map((table) =>
      tableSection(table, shown, table.key === 'tokens' ? tokenBar(digest) : undefined),
    );
    yield `${(group.length > 1 ? html`<div class="pair">${sections}</div>` : html`${sections}`).text}\n`;
  }
  let piece = '';
  for (const part of treeSection(run, prepared, shown)) {
    piece += part.text;
    if (piece.length < 65_536) continue;
    yield piece;
    piece = '';
  }
  yield piece;
  yield html`
</main><footer><div class="wrap">${origin(run)}</div></footer></body></html>
`.text;
}

function origin({ timeUntold, lastUs }: Run): string {
  const from = 'Written by Tacho from the run’s record, which';
  return timeUntold
    ? `${from} tells no time: its steps stand in their order.`
    : `${from} ends at ${utcTime(lastUs)}. Times of day are UTC.`;
}

/** Tables in rows of the page: alone, or with their neighbour. */
function grouped(tables: readonly DigestTable[]): DigestTable[][] {
  const groups: DigestTable[][] = [];
  for (const table of tables) {
    const pair = PAIRS.find((keys) => keys.includes(table.key));
    const before = groups.at(-1);
    if (pair !== undefined && before?.length === 1 && pair.includes(before[0]!.key)) before.push(table);
    else groups.push([table]);
  }
  return groups;
}

function navigation(digest: Digest, tables: readonly DigestTable[], drawn: boolean): Markup {
  const bad = digest.problems.filter(({ severity }) => severity !== 'info').length;
  const links = tables.map(({ key, title }) => {
    const count = key === 'problems' && bad > 0 ? html`<sup>${bad}</sup>` : undefined;
    return html`<a href="#${key}">${title.split(':', 1)[0]!}${count}</a>`;
  });
  if (links.length === 0 && !drawn) return html``;
  const ends = drawn ? [html`<a href="#timeline">Timeline</a>`, html`<a href="#tree">Spans</a>`] : [];
  return html`<nav><div class="wrap">${ends.slice(0, 1)}${links}${ends.slice(1)}</div></nav>`;
}

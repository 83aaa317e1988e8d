import { endAt, isOpen } from '../../analysis/extent.ts';
import { type Judgement, judgeRun } from '../../analysis/ledger.ts';
import type { Prepared } from '../../analysis/summary.ts';
import { countedCost } from '../../analysis/tally.ts';
import { compact, counted, duration, grouped, moneyAtLeast } from '../../model/figures.ts';
import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { escaped, fitted, html, Markup, percentage } from './markup.ts';
import { payloadText } from './payload-text.ts';
import { anchorOf, type Shown } from './shown.ts';
import { MOST_DEPTH } from './span-choice.ts';

const MOST_NAME = 100;
const MOST_ERROR = 400;
const MOST_PAYLOAD = 600;
/** Bytes of inputs and outputs in the whole page. */
const PAYLOAD_BYTES = 500_000;
/** Rows that are seen from the start: levels are open as long as they fit. */
const MOST_OPEN = 60;

/** The run's spans as a tree that opens and closes without a script, in pieces. `shown` are those that are in it. */
export function* treeSection(run: Run, prepared: Prepared, shown: Shown): Generator<Markup, void, undefined> {
  const { columns, tree } = prepared;
  if (columns.count === 0) return;
  const scene = sceneOf(run, prepared, shown);
  const left = columns.count - shown.size;
  yield html`<section id="tree"><h2>Spans<small>${left === 0 ? `all ${grouped(columns.count)}` : `${grouped(shown.size)} of ${grouped(columns.count)}`}</small></h2><div class="tree"><div class="span heads"><b></b><em></em><s></s><u>time</u><u class="wide">tokens</u><u class="wide">cost</u></div>`;
  /** Spans whose children are being written. */
  const open: number[] = [];
  for (const no of tree.order) {
    if (!shown.has(no)) continue;
    while (open.length > 0 && open.at(-1) !== tree.parent[no]) yield closing(scene, open.pop()!);
    yield opening(scene, no);
    if (scene.opens(no)) open.push(no);
  }
  while (open.length > 0) yield closing(scene, open.pop()!);
  if (scene.leftBelow(ROOTS) > 0) yield leftOut(scene.leftBelow(ROOTS));
  yield html`</div>`;
  if (left > 0)
    yield html`<p class="note">Shown are what failed, stages and agents, what the tables name, and the longest of the rest, down to ${MOST_DEPTH} levels. Inputs and outputs are cut.</p>`;
  else if (scene.cut) yield html`<p class="note">Inputs and outputs are cut.</p>`;
  yield html`</section>`;
}

const ROOTS = -1;

/** What the tree is drawn from, and how much room for payloads is left. */
type Scene = {
  run: Run;
  prepared: Prepared;
  below: SubtreeSums;
  fromUs: number;
  toUs: number;
  shownBelow: Int32Array;
  /** Direct children that are not shown; ROOTS for those without a parent. */
  leftBelow: (no: number) => number;
  /** Whether a span has something to be opened for. */
  opens: (no: number) => boolean;
  /** Spans above this level are open from the start. */
  openLevels: number;
  room: number;
  cut: boolean;
};

function sceneOf(run: Run, prepared: Prepared, shown: Shown): Scene {
  const { columns, tree } = prepared;
  const shownBelow = new Int32Array(columns.count);
  const left = new Map<number, number>();
  let [fromUs, toUs] = [Number.POSITIVE_INFINITY, run.lastUs];
  for (let no = 0; no < columns.count; no++) {
    const up = Math.max(ROOTS, tree.parent[no]!);
    if (!shown.has(no)) left.set(up, (left.get(up) ?? 0) + 1);
    else if (up >= 0) shownBelow[up] = shownBelow[up]! + 1;
    fromUs = Math.min(fromUs, columns.startUs[no]!);
    toUs = Math.max(toUs, endAt(columns, no, 0));
  }
  const leftBelow = (no: number): number => left.get(no) ?? 0;
  return {
    run,
    prepared,
    below: subtreeSums(prepared, judgeRun(run, columns, tree)),
    fromUs,
    toUs: Math.max(toUs, fromUs + 1),
    shownBelow,
    leftBelow,
    opens: (no) => shownBelow[no]! > 0 || leftBelow(no) > 0 || hasPayload(run.spans[no]!),
    openLevels: openLevels(prepared, shown),
    room: PAYLOAD_BYTES,
    cut: false,
  };
}

/** How many levels can be open so that not too many rows are seen; one at least, or a long list would hide itself. */
function openLevels({ tree }: Prepared, shown: Shown): number {
  const rows = new Uint32Array(MOST_DEPTH);
  for (const no of shown) rows[tree.depth[no]!] = rows[tree.depth[no]!]! + 1;
  let [levels, seen] = [0, rows[0]!];
  while (levels + 1 < MOST_DEPTH && seen + rows[levels + 1]! <= MOST_OPEN) seen += rows[++levels]!;
  return levels;
}

/** What counts of each span and of everything below it. */
type SubtreeSums = {
  tokens: Float64Array;
  costUsd: Float64Array;
  priced: Uint32Array;
  unpriced: Uint32Array;
};

function subtreeSums({ columns, tree }: Prepared, judgement: Judgement): SubtreeSums {
  const [tokens, costUsd] = [Float64Array.from(judgement.tokens), new Float64Array(columns.count)];
  const [priced, unpriced] = [new Uint32Array(columns.count), new Uint32Array(columns.count)];
  for (let at = columns.count - 1; at >= 0; at--) {
    const no = tree.order[at]!;
    const cost = countedCost(columns, judgement, no);
    if (cost === null) unpriced[no] = unpriced[no]! + 1;
    else if (cost !== undefined) priced[no] = priced[no]! + 1;
    costUsd[no] = costUsd[no]! + (cost ?? 0);
    const up = tree.parent[no]!;
    if (up < 0) continue;
    tokens[up] = tokens[up]! + tokens[no]!;
    costUsd[up] = costUsd[up]! + costUsd[no]!;
    priced[up] = priced[up]! + priced[no]!;
    unpriced[up] = unpriced[up]! + unpriced[no]!;
  }
  return { tokens, costUsd, priced, unpriced };
}

function costBelow({ costUsd, priced, unpriced }: SubtreeSums, no: number): string {
  if (priced[no] === 0) return unpriced[no] === 0 ? '' : 'unknown';
  return moneyAtLeast(costUsd[no]!, unpriced[no]!);
}

function hasPayload({ inputs, outputs, error }: Span): boolean {
  return inputs !== undefined || outputs !== undefined || (error?.message.length ?? 0) > 120;
}

function opening(scene: Scene, no: number): Markup {
  const { prepared, shownBelow } = scene;
  const row = rowOf(scene, no);
  if (!scene.opens(no)) return html`<div class="span" id="${anchorOf(no)}">${row}</div>`;
  const startsOpen = shownBelow[no]! > 0 && prepared.tree.depth[no]! < scene.openLevels;
  return html`<details id="${anchorOf(no)}"${startsOpen ? html` open` : undefined}><summary class="span">${row}</summary><div>${payloads(scene, no)}`;
}

function closing(scene: Scene, no: number): Markup {
  const left = scene.leftBelow(no);
  return html`${left > 0 ? leftOut(left) : undefined}</div></details>`;
}

function leftOut(left: number): Markup {
  return html`<div class="left">and ${counted(left, 'more span')}, with what is below</div>`;
}

function rowOf(scene: Scene, no: number): Markup {
  const { run, prepared, below, fromUs, toUs } = scene;
  const { columns } = prepared;
  const { name, kind, tool, model, status, error, startUs } = run.spans[no]!;
  const end = endAt(columns, no, toUs);
  const [from, to] = [(startUs - fromUs) / (toUs - fromUs), (end - fromUs) / (toUs - fromUs)];
  const failed = status === 'error';
  const what = tool?.name ?? model ?? '';
  const said = failed
    ? html`<em class="error">${fitted((error?.message ?? 'failed').split('\n', 1)[0]!, 120)}</em>`
    : html`<em>${isOpen(columns, no) ? 'never ended' : what === name ? '' : fitted(what, MOST_NAME)}</em>`;
  const tokens = below.tokens[no]!;
  const kindClass = `k-${kind}${failed ? ' e' : ''}`;
  return html`<i class="dot ${kindClass}"></i><b>${name === '' ? '(unnamed)' : fitted(name, MOST_NAME)}</b>${said}<s class="${kindClass}" style="--from:${percentage(from)};--to:${percentage(Math.max(to, from + 0.007))}"></s><u>${duration(end - startUs)}</u><u class="wide">${tokens > 0 ? compact(tokens) : ''}</u><u class="wide">${costBelow(below, no)}</u>`;
}

function payloads(scene: Scene, no: number): Markup | undefined {
  const { inputs, outputs, error } = scene.run.spans[no]!;
  const texts: [string, string][] = [
    ...(error === undefined ? [] : [['error', fitted(error.message, MOST_ERROR)] as [string, string]]),
    ...(inputs === undefined ? [] : [['input', payloadText(inputs, MOST_PAYLOAD)] as [string, string]]),
    ...(outputs === undefined ? [] : [['output', payloadText(outputs, MOST_PAYLOAD)] as [string, string]]),
  ];
  const names = texts.map(([label]) => label);
  const parts = texts.map(([label, text]) => labelled(scene, label, text));
  if (parts.length === 0) return undefined;
  const all = html`<div class="io">${parts}</div>`;
  // Before a list of spans they would push it out of sight.
  return scene.shownBelow[no] === 0
    ? all
    : html`<details class="io-fold"><summary>${names.join(' and ')}</summary>${all}</details>`;
}

function labelled(scene: Scene, label: string, text: string): Markup {
  if (text.endsWith('…')) scene.cut = true;
  const shown = new Markup(escaped(text));
  // A character beyond ASCII takes up to three bytes.
  const bytes = shown.text.length + 2 * (shown.text.match(/[^ -~\s]/g)?.length ?? 0);
  scene.room -= bytes;
  if (scene.room < 0) {
    scene.cut = true;
    return html`<span>${label}</span><i>left out: the page holds ${compact(PAYLOAD_BYTES)}B of inputs and outputs</i>`;
  }
  return html`<span>${label}</span><pre>${shown}</pre>`;
}

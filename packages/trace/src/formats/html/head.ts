import type { Digest } from '../../analysis/digest.ts';
import type { StageInfo } from '../../analysis/stages.ts';
import { duration } from '../../model/figures.ts';
import type { Run, RunStatus } from '../../model/run.ts';
import { BUCKET_WORDS, bucketShares, factsOf, originsOf, verdictOf } from '../digest-facts.ts';
import { fitted, html, type Markup, percentage } from './markup.ts';

const MOST_NAME = 160;
const MOST_TEXT = 900;

const STATUS: Record<RunStatus, { word: string; look: string }> = {
  running: { word: 'running', look: 'running' },
  ok: { word: 'ok', look: 'ok' },
  error: { word: 'failed', look: 'error' },
  interrupted: { word: 'interrupted', look: 'warn' },
};

/** The head of the page: what ran, how it went, and the figures that people ask for first. */
export function head(run: Run, digest: Digest): Markup {
  const { word, look } = STATUS[run.status];
  const name = run.name === '' ? run.runId : run.name;
  const verdict = verdictOf(digest);
  const task =
    run.task === undefined || run.task === run.name
      ? undefined
      : html`<p class="task">${fitted(run.task, MOST_TEXT)}</p>`;
  return html`<header><div class="wrap"><div class="title"><h1>${fitted(name, MOST_NAME)}</h1><span class="status ${look}">${word}</span>${verdict === undefined ? undefined : html`<span class="verdict">${fitted(verdict, 40)}</span>`}<span class="brand">${MARK}Tacho</span></div>${origins(digest)}${task}${failure(run)}${facts(digest)}${phases(digest)}</div></header>`;
}

/** The needle of a tachograph. */
const MARK = html`<svg width="15" height="15" viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" aria-hidden="true"><circle cx="8" cy="8" r="6.6"/><path d="M8 8l3-3.4"/></svg>`;

function origins(digest: Digest): Markup {
  const parts = originsOf(digest).map(({ name, text }) => {
    const shown = fitted(text, MOST_NAME);
    return name === 'run'
      ? html`<span class="mono">${shown}</span>`
      : html`<span><i>${fitted(name, 40)}</i> ${shown}</span>`;
  });
  return html`<div class="origins">${parts}</div>`;
}

function failure({ error }: Run): Markup | undefined {
  if (error === undefined) return undefined;
  const type = error.type === undefined ? undefined : html`<b>${fitted(error.type, MOST_NAME)}: </b>`;
  return html`<p class="failure">${type}${fitted(error.message, MOST_TEXT)}</p>`;
}

function facts(digest: Digest): Markup {
  const items = factsOf(digest).map(({ name, value, note, tone }) => {
    const look = tone === 'error' || tone === 'warn' ? html` class="${tone}"` : undefined;
    const more = note === undefined ? undefined : html`<dd>${note}</dd>`;
    return html`<div><dt>${name}</dt><dd${look}>${value}</dd>${more}</div>`;
  });
  return html`<dl class="facts">${items}</dl>`;
}

const PHASE_LOOKS: Record<StageInfo['status'], string> = {
  planned: ' class="planned"',
  running: ' class="running"',
  done: '',
  error: ' class="failed"',
  cancelled: ' class="planned"',
};

/** Stages side by side, each as wide as it was long; those to come have the least width. */
function phases({ report: { stages, run } }: Digest): Markup | undefined {
  if (stages.length === 0 || stages.length > MOST_PHASES) return undefined;
  const lengthOf = ({ startUs, endUs }: StageInfo): number =>
    startUs === undefined ? 0 : (endUs ?? run.lastUs) - startUs;
  const longest = Math.max(1, ...stages.map(lengthOf));
  const parts = stages.map((stage) => {
    const name = fitted(stage.name, 60);
    const lengthUs = lengthOf(stage);
    const words = stage.startUs === undefined ? name : `${name} · ${duration(lengthUs)}`;
    const grow = Math.max(0.03, lengthUs / longest).toFixed(3);
    const look = PHASE_LOOKS[stage.status];
    return html`<div${look === '' ? undefined : html` class="${look.slice(8, -1)}"`} style="flex-grow:${grow}" title="${words}">${words}</div>`;
  });
  return html`<div class="phases">${parts}</div>`;
}

const MOST_PHASES = 24;

const BUCKET_KINDS = {
  inputTokens: 'agent',
  cacheReadTokens: 'retrieval',
  cacheWriteTokens: 'tool',
  cacheWrite1hTokens: 'embedding',
  outputTokens: 'llm',
  reasoningTokens: 'evaluation',
  otherTokens: 'task',
} as const;

/** The run's tokens as one bar, for the top of their table. */
export function tokenBar(digest: Digest): Markup {
  const parts = bucketShares(digest).map(
    ({ bucket, share }) =>
      html`<i class="k-${BUCKET_KINDS[bucket]}" style="width:${percentage(share)}" title="${BUCKET_WORDS[bucket]}"></i>`,
  );
  return html`<div class="stack">${parts}</div>`;
}

import { columnsOf, kindAt, type SpanColumns, statusAt, textAt } from '../model/columns.ts';
import { headerOf } from '../model/fold.ts';
import type { Run } from '../model/run.ts';
import type { RunSummary } from '../model/summary.ts';
import { totalTokens } from '../model/usage.ts';
import { failuresOf } from './errors.ts';
import { isOpen } from './extent.ts';
import { type Ledger, ledgerOf } from './ledger.ts';
import { qualityOf } from './quality.ts';
import { durationOf, runLeverage } from './run-leverage.ts';
import { finalScoreOf, roundsOf } from './scores.ts';
import { stageNumbers } from './stages.ts';
import { toolCalls } from './tally.ts';
import { type SpanTree, treeOf } from './tree.ts';

/** What of a run has been worked out before, so that it is not done twice. */
export type Prepared = { columns: SpanColumns; tree: SpanTree; ledger: Ledger };

export function prepare(run: Run, columns: SpanColumns = columnsOf(run)): Prepared {
  const tree = treeOf(columns);
  return { columns, tree, ledger: ledgerOf(run, columns, tree) };
}

/** A run in one line of a list. Figures come from the ledger; a run without spans has the figures of none. */
export function summaryOf(run: Run, _nowUs: number, prepared: Prepared = prepare(run)): RunSummary {
  const { columns, tree, ledger } = prepared;
  const score = finalScoreOf(run.scores);
  const agent = run.labels.agent ?? firstAgent(columns, tree);
  const stage = runningStage(run, columns, tree);
  return {
    ...headerOf(run),
    notes: qualityOf(run, columns, tree, ledger).map(({ meaning: _, ...note }) => note),
    usage: ledger.usage,
    costUsd: ledger.costUsd,
    unpricedCalls: ledger.unpricedCalls,
    spans: columns.count,
    ...counts(run, columns),
    errors: failuresOf(columns, tree).filter(({ recovered }) => !recovered).length,
    toolCalls: toolCalls(columns, tree).reduce((sum, calls) => sum + calls, 0),
    llmCalls: llmCalls(columns, ledger),
    models: modelsByTokens(run, ledger),
    ...(agent !== undefined && { agent }),
    tokens: totalTokens(ledger.usage),
    ...(score !== undefined && { score: score.value }),
    rounds: roundsOf(run.scores).length,
    leverage: runLeverage(run, ledger.costUsd),
    ...(stage !== undefined && { stage }),
    durationUs: durationOf(run),
  };
}

function counts(run: Run, columns: SpanColumns): Pick<RunSummary, 'openSpans' | 'agents'> {
  const agents = { total: 0, running: 0, done: 0, failed: 0 };
  let openSpans = 0;
  for (let no = 0; no < columns.count; no++) {
    const open = isOpen(columns, no);
    const status = statusAt(columns, no);
    if (open) openSpans++;
    if (kindAt(columns, no) !== 'agent') continue;
    agents.total++;
    if (status === 'error') agents.failed++;
    else if (!open) agents.done++;
    else if (run.status === 'running') agents.running++;
  }
  return { openSpans, agents };
}

/** Model spans, repeated ones once. */
function llmCalls(columns: SpanColumns, ledger: Ledger): number {
  let calls = 0;
  for (let no = 0; no < columns.count; no++) if (kindAt(columns, no) === 'llm') calls++;
  for (const { no, verdict } of ledger.entries)
    if (verdict === 'duplicate' && kindAt(columns, no) === 'llm') calls--;
  return calls;
}

function modelsByTokens(run: Run, ledger: Ledger): string[] {
  const tokens = new Map<string, number>();
  for (const { model } of run.spans) if (model !== undefined && !tokens.has(model)) tokens.set(model, 0);
  for (const { no, usage } of ledger.entries) {
    const { model } = run.spans[no]!;
    if (model !== undefined) tokens.set(model, tokens.get(model)! + totalTokens(usage));
  }
  return [...tokens].sort((a, b) => b[1] - a[1]).map(([model]) => model);
}

function firstAgent(columns: SpanColumns, tree: SpanTree): string | undefined {
  const no = tree.order.find((candidate) => kindAt(columns, candidate) === 'agent');
  return no === undefined ? undefined : textAt(columns, 'name', no);
}

/** The stage that started last and goes on. */
function runningStage(run: Run, columns: SpanColumns, tree: SpanTree): string | undefined {
  if (run.status !== 'running') return undefined;
  const no = stageNumbers(columns, tree).findLast((stage) => isOpen(columns, stage));
  return no === undefined ? undefined : textAt(columns, 'name', no);
}

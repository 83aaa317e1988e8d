import { columnsOf, FLAG_DUPLICATE, type SpanColumns } from '../model/columns.ts';
import type { Run } from '../model/run.ts';
import type { Span } from '../model/span.ts';
import { addUsage, emptyUsage, totalTokens, type Usage } from '../model/usage.ts';
import { type SpanTree, treeOf } from './tree.ts';

/** What became of the tokens a span reports. */
export type Verdict =
  /** No tokens to count. */
  | 'none'
  /** A model call: counts in full. */
  | 'counted'
  /** A sum of what its children report: counts nothing. */
  | 'roll-up'
  /** More than its children explain: the difference counts, as unattributed. */
  | 'unattributed'
  /** The same call is counted elsewhere. */
  | 'duplicate';

export type Judgement = {
  readonly verdict: readonly Verdict[];
  /** Tokens that count, by span number. */
  readonly tokens: Float64Array;
};

/** A parent within this share of its children's sum is their roll-up: tools round, and tokenizers differ by a little. */
const ROLL_UP_TOLERANCE = 0.01;

/** Decides, for every span, what of its tokens counts. One pass from the leaves up; the rules stand in docs/concepts.md. */
export function judge(
  columns: SpanColumns,
  tree: SpanTree = treeOf(columns),
  duplicate?: Uint8Array,
): Judgement {
  const { count } = columns;
  const verdict = new Array<Verdict>(count).fill('none');
  const counted = new Float64Array(count);
  /** What the subtree below explains: counted tokens of all descendants, duplicates included, for they are explained too. */
  const explained = new Float64Array(count);
  for (let at = count - 1; at >= 0; at--) {
    const no = tree.order[at]!;
    const own = columns.tokens[no]!;
    const below = explained[no]!;
    let known = below;
    if (own > 0) {
      const isDuplicate = (columns.flags[no]! & FLAG_DUPLICATE) !== 0 || duplicate?.[no] === 1;
      if (isDuplicate) verdict[no] = 'duplicate';
      else if (below === 0) {
        verdict[no] = 'counted';
        counted[no] = own;
      } else if (own <= below * (1 + ROLL_UP_TOLERANCE)) verdict[no] = 'roll-up';
      else {
        verdict[no] = 'unattributed';
        counted[no] = own - below;
      }
      known = Math.max(own, below);
    }
    const up = tree.parent[no]!;
    if (up >= 0) explained[up] = explained[up]! + known;
  }
  return { verdict, tokens: counted };
}

/** Judges a run with all that its spans know: calls repeated under one key are seen here, not in columns. */
export function judgeRun(run: Run, columns: SpanColumns = columnsOf(run), tree?: SpanTree): Judgement {
  return judge(columns, tree, repeatedCalls(run.spans));
}

export type LedgerEntry = { no: number; verdict: Verdict; usage: Usage; costUsd: number | null };

/** The books of one run: what counts, what it costs, and what could not be priced. */
export type Ledger = {
  readonly usage: Usage;
  /** Known cost; null when there are calls and none has a price. A lower bound while `unpriced` is not empty. */
  readonly costUsd: number | null;
  readonly unpriced: readonly { model: string; calls: number }[];
  readonly unpricedCalls: number;
  readonly entries: readonly LedgerEntry[];
};

/** Counts a run. Tokens and cost always come from the same set of spans. */
export function ledgerOf(
  run: Run,
  columns: SpanColumns = columnsOf(run),
  tree: SpanTree = treeOf(columns),
): Ledger {
  const judgement = judgeRun(run, columns, tree);
  const bare = bareCosts(run, tree, judgement);
  const sum = emptyUsage();
  const unpriced = new Map<string, number>();
  const entries: LedgerEntry[] = [];
  let cost = 0;
  let priced = 0;
  let unpricedCalls = 0;
  run.spans.forEach((span, no) => {
    const verdict = judgement.verdict[no]!;
    if (verdict === 'none' || span.usage === undefined) {
      // A cost without tokens (a paid tool, a search billed by the request) is a cost.
      if (span.costUsd === undefined || span.duplicateOfRun !== undefined) return;
      const costUsd = bare[no]!;
      cost += costUsd;
      priced++;
      const verdict = costUsd === span.costUsd ? 'counted' : costUsd === 0 ? 'roll-up' : 'unattributed';
      entries.push({ no, verdict, usage: emptyUsage(), costUsd });
      return;
    }
    const counts = verdict === 'counted' || verdict === 'unattributed';
    const usage = !counts
      ? emptyUsage()
      : verdict === 'counted'
        ? span.usage
        : restUsage(span.usage, judgement.tokens[no]!);
    addUsage(sum, usage);
    const costUsd = verdict === 'counted' ? (span.costUsd ?? null) : null;
    if (costUsd !== null) {
      cost += costUsd;
      priced++;
    } else if (counts) {
      unpricedCalls++;
      const model = span.model ?? 'unknown model';
      unpriced.set(model, (unpriced.get(model) ?? 0) + 1);
    }
    entries.push({ no, verdict, usage, costUsd });
  });
  return {
    usage: sum,
    costUsd: priced === 0 && unpricedCalls > 0 ? null : cost,
    unpriced: [...unpriced].map(([model, calls]) => ({ model, calls })),
    unpricedCalls,
    entries,
  };
}

/** A stated cost within this share of what lies below is its sum: price tables differ by a little. */
const COST_TOLERANCE = 0.02;

/** What spans that state a cost but no tokens add to what is known below them: as with tokens, never both. */
function bareCosts(run: Run, tree: SpanTree, judgement: Judgement): Float64Array {
  const bare = new Float64Array(run.spans.length);
  const explained = new Float64Array(run.spans.length);
  for (let at = run.spans.length - 1; at >= 0; at--) {
    const no = tree.order[at]!;
    const { costUsd, usage } = run.spans[no]!;
    const below = explained[no]!;
    let known = below;
    if (costUsd !== undefined) {
      const adds = judgement.verdict[no] === 'counted';
      if (usage === undefined || judgement.verdict[no] === 'none')
        bare[no] = costUsd <= below * (1 + COST_TOLERANCE) ? 0 : costUsd - below;
      known = adds ? below + costUsd : Math.max(costUsd, below);
    }
    const up = tree.parent[no]!;
    if (up >= 0) explained[up] = explained[up]! + known;
  }
  return bare;
}

/** What a roll-up reports beyond its children: of unknown kind, and no request of its own. */
function restUsage(whole: Usage, tokens: number): Usage {
  const rest = emptyUsage();
  rest.otherTokens = Math.min(tokens, totalTokens(whole));
  return rest;
}

/**
 * Marks the calls that repeat another call of the run: the same key, or a replay of a message that is there itself.
 * The first non-replay stands; among equals the later line, which has the final figures, was merged by its id already.
 */
export function repeatedCalls(spans: readonly Span[]): Uint8Array {
  const repeated = new Uint8Array(spans.length);
  const originals = new Map<string, number>();
  const messages = new Map<string, number>();
  const visit = (replays: boolean): void => {
    spans.forEach((span, no) => {
      if (span.callKey === undefined || span.usage === undefined || (span.replay === true) !== replays)
        return;
      const message = span.callKey.split('|', 1)[0]!;
      if (originals.has(span.callKey) || (replays && messages.has(message))) repeated[no] = 1;
      else {
        originals.set(span.callKey, no);
        messages.set(message, no);
      }
    });
  };
  visit(false);
  visit(true);
  return repeated;
}

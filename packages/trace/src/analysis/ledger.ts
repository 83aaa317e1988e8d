import { columnsOf, FLAG_DUPLICATE, FLAG_MODEL_TOTAL, type SpanColumns } from '../model/columns.ts';
import type { Run } from '../model/run.ts';
import type { Span } from '../model/span.ts';
import { addUsage, emptyUsage, totalTokens, type Usage } from '../model/usage.ts';
import { type StatedSum, statedSums, totalsByScope, unexplained } from './stated-totals.ts';
import { markToldTwice } from './told-twice.ts';
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
  /** What these tokens cost; NaN where that is unknown, 0 where none count or a stated sum has their price. */
  readonly costUsd: Float64Array;
  /** Sums that the source states for models, with the calls they are the sums of. */
  readonly sums: readonly StatedSum[];
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
  const costUsd = new Float64Array(count);
  const sums: StatedSum[] = [];
  const scopes = totalsByScope(columns, tree);
  /** What the subtree below explains: counted tokens of all descendants, duplicates included, for they are explained too. */
  const explained = new Float64Array(count);
  for (let at = count - 1; at >= 0; at--) {
    const no = tree.order[at]!;
    if ((columns.flags[no]! & FLAG_MODEL_TOTAL) !== 0) continue;
    const own = columns.tokens[no]!;
    const totals = scopes.get(no);
    if (totals) explained[no] = explained[no]! + settle(no, totals);
    const below = explained[no]!;
    let known = below;
    if (own > 0) {
      const isDuplicate = (columns.flags[no]! & FLAG_DUPLICATE) !== 0 || duplicate?.[no] === 1;
      if (isDuplicate) verdict[no] = 'duplicate';
      else if (below === 0) {
        verdict[no] = 'counted';
        counted[no] = own;
        costUsd[no] = columns.costUsd[no]!;
      } else if (own <= below * (1 + ROLL_UP_TOLERANCE)) verdict[no] = 'roll-up';
      else {
        verdict[no] = 'unattributed';
        counted[no] = own - below;
        costUsd[no] = Number.NaN;
      }
      known = Math.max(own, below);
    }
    const up = tree.parent[no]!;
    if (up >= 0) explained[up] = explained[up]! + known;
  }
  const totals = scopes.get(-1);
  if (totals) settle(-1, totals);
  return { verdict, tokens: counted, costUsd, sums };

  /** Lets sums count what the calls of their scope do not explain; gives the tokens that it comes to. */
  function settle(scope: number, totals: readonly number[]): number {
    let added = 0;
    for (const sum of statedSums(columns, tree, scope, totals, { tokens: counted, costUsd })) {
      sums.push(sum);
      added += sum.restTokens;
      const alone = sum.calls.length === 0;
      for (const no of sum.totals) verdict[no] = 'roll-up';
      for (const no of alone && sum.restTokens > 0 ? sum.totals : []) {
        verdict[no] = 'counted';
        counted[no] = columns.tokens[no]!;
        costUsd[no] = columns.costUsd[no]!;
      }
      const last = sum.totals.at(-1)!;
      if (!alone && (sum.restTokens > 0 || Math.abs(sum.restCostUsd) > LEAST_COST_USD)) {
        verdict[last] = 'unattributed';
        counted[last] = sum.restTokens;
        costUsd[last] = sum.restCostUsd;
      }
      if (Number.isNaN(sum.restCostUsd)) continue;
      for (const no of sum.calls) if (Number.isNaN(costUsd[no]!)) costUsd[no] = 0;
    }
    return added;
  }
}

/** Sums of decimal fractions differ in their last digits. */
const LEAST_COST_USD = 1e-9;

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
  /** Calls by span number whose tokens and price a sum of the source sets right: what they lack is counted with it. */
  readonly summedUp: ReadonlySet<number>;
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
  const rests = restUsages(run, judgement);
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
        : (rests.get(no) ?? restUsage(span.usage, judgement.tokens[no]!));
    addUsage(sum, usage);
    const known = counts && !Number.isNaN(judgement.costUsd[no]!);
    const costUsd = known ? judgement.costUsd[no]! : null;
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
    summedUp: new Set(judgement.sums.flatMap(({ calls }) => calls)),
  };
}

/** What sums count beyond their calls, by the number of the span that states it. */
function restUsages(run: Run, judgement: Judgement): Map<number, Usage> {
  const rests = new Map<number, Usage>();
  for (const { totals, calls } of judgement.sums) {
    const [stated, explained] = [emptyUsage(), emptyUsage()];
    for (const no of totals) addUsage(stated, run.spans[no]!.usage ?? emptyUsage());
    for (const no of calls) {
      const whole = run.spans[no]!.usage ?? emptyUsage();
      const counts = judgement.verdict[no] === 'counted';
      addUsage(explained, counts ? whole : (rests.get(no) ?? restUsage(whole, judgement.tokens[no]!)));
    }
    rests.set(totals.at(-1)!, unexplained(stated, explained));
  }
  return rests;
}

/** A stated cost within this share of what lies below is its sum: price tables differ by a little. */
const COST_TOLERANCE = 0.02;

/** What spans that state a cost but no tokens add to what is known below them: as with tokens, never both. */
function bareCosts(run: Run, tree: SpanTree, judgement: Judgement): Float64Array {
  const bare = new Float64Array(run.spans.length);
  const explained = new Float64Array(run.spans.length);
  for (let at = run.spans.length - 1; at >= 0; at--) {
    const no = tree.order[at]!;
    const { costUsd, usage, modelTotal } = run.spans[no]!;
    const below = explained[no]!;
    let known = below;
    if (judgement.verdict[no] === 'counted' || modelTotal) known += judgement.costUsd[no]! || 0;
    else if (costUsd !== undefined) {
      if (usage === undefined || judgement.verdict[no] === 'none')
        bare[no] = costUsd <= below * (1 + COST_TOLERANCE) ? 0 : costUsd - below;
      known = Math.max(costUsd, below);
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
 * The first non-replay stands; among equals the later line, which has the final figures, was merged by its id already. Of
 * a call inside another report of it (a framework's span around its client's) the inner one stands: the outer one would be
 * explained by it, and neither would count.
 */
export function repeatedCalls(spans: readonly Span[]): Uint8Array {
  const repeated = new Uint8Array(spans.length);
  const originals = new Map<string, number>();
  const messages = new Map<string, number>();
  let numbers: Map<string, number> | undefined;
  const isBelow = (no: number, above: number): boolean => {
    numbers ??= new Map(spans.map(({ spanId }, at) => [spanId, at]));
    let up: number | undefined = no;
    for (let step = 0; step < MOST_STEPS_BETWEEN && up !== undefined; step++) {
      const { parentId }: Span = spans[up]!;
      up = parentId === undefined ? undefined : numbers.get(parentId);
      if (up === above) return true;
    }
    return false;
  };
  const visit = (replays: boolean): void => {
    spans.forEach((span, no) => {
      if (span.callKey === undefined || span.usage === undefined || (span.replay === true) !== replays)
        return;
      const message = span.callKey.split('|', 1)[0]!;
      const original = originals.get(span.callKey);
      const isInner = original !== undefined && !replays && isBelow(no, original);
      if (isInner) repeated[original] = 1;
      if (!isInner && (original !== undefined || (replays && messages.has(message)))) repeated[no] = 1;
      else {
        originals.set(span.callKey, no);
        messages.set(message, no);
      }
    });
  };
  visit(false);
  visit(true);
  markToldTwice(spans, repeated);
  return repeated;
}

/** Reports of one call inside each other are at most this far apart; every repetition looks that far up. */
const MOST_STEPS_BETWEEN = 32;

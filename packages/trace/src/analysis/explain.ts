import type {
  CountVerdict,
  ExplainedGroup,
  ExplainedPrice,
  ExplainedSpan,
  Explanation,
} from '../model/explanation.ts';
import type { Run } from '../model/run.ts';
import type { Span } from '../model/span.ts';
import { addUsage, emptyUsage, totalTokens } from '../model/usage.ts';
import { judgeRun, type Ledger, type LedgerEntry, type Verdict } from './ledger.ts';
import { type Prepared, prepare } from './summary.ts';

const MEANINGS: Record<CountVerdict, string> = {
  counted: 'Model calls and paid work: they count in full.',
  unattributed: 'They report more than the calls below them explain: only the difference counts.',
  'roll-up': 'They sum up calls that are counted by themselves: they count nothing.',
  duplicate: 'The same calls are counted elsewhere: they count nothing.',
};

/** Explains the tokens and the cost of a run. `prepared` saves counting it again. */
export function explain(run: Run, prepared: Prepared = prepare(run)): Explanation {
  const { columns, tree, ledger } = prepared;
  const judgement = judgeRun(run, columns, tree);
  const sumOf = new Map(
    judgement.sums.flatMap(({ totals, calls }) => calls.map((no) => [no, totals.at(-1)!])),
  );
  const originals = countedCalls(run, ledger);
  const spans = ledger.entries.map((entry) => {
    const span = run.spans[entry.no]!;
    const sum = sumOf.get(entry.no);
    return explainedSpan(run, span, entry, originals, sum === undefined ? undefined : run.spans[sum]!);
  });
  const prices = pricesOf(spans);
  const unpriced = prices.filter(({ costUsd }) => costUsd === null);
  return {
    runId: run.runId,
    usage: ledger.usage,
    tokens: totalTokens(ledger.usage),
    costUsd: ledger.costUsd,
    unpricedCalls: unpriced.reduce((sum, { calls }) => sum + calls, 0),
    unpricedRests: unpriced.reduce((sum, { rests }) => sum + rests, 0),
    groups: groupsOf(spans),
    prices,
    spans,
  };
}

/** Call key → the span that counts for it in this run; under the message's id as well, which replays share. */
function countedCalls(run: Run, ledger: Ledger): Map<string, string> {
  const originals = new Map<string, string>();
  for (const { no, verdict } of ledger.entries) {
    const { callKey, spanId } = run.spans[no]!;
    if (verdict !== 'counted' || callKey === undefined) continue;
    for (const key of [callKey, callKey.split('|', 1)[0]!])
      if (!originals.has(key)) originals.set(key, spanId);
  }
  return originals;
}

function explainedSpan(
  run: Run,
  span: Span,
  { verdict, usage, costUsd }: LedgerEntry,
  originals: ReadonlyMap<string, string>,
  sum: Span | undefined,
): ExplainedSpan {
  const { spanId, name, kind, model, priceRow, reportedCostUsd, callKey = '' } = span;
  const duplicate = verdict === 'duplicate';
  const countedInRun = duplicate ? (span.duplicateOfRun ?? run.runId) : undefined;
  const twin = originals.get(callKey) ?? originals.get(callKey.split('|', 1)[0]!);
  const countedAsSpan = countedInRun === run.runId ? twin : undefined;
  const reportedTokens = span.usage === undefined ? 0 : totalTokens(span.usage);
  const counts = verdict === 'counted' || verdict === 'unattributed';
  return {
    spanId,
    name,
    kind,
    ...(model !== undefined && { model }),
    verdict: verdict as CountVerdict,
    why: reasonFor(span, verdict, reportedTokens, totalTokens(usage), {
      run,
      countedInRun,
      countedAsSpan,
      sum,
    }),
    reportedTokens,
    counted: usage,
    costUsd: counts ? costUsd : (costUsd ?? 0),
    ...(priceRow !== undefined && counts && { priceRow }),
    ...(reportedCostUsd !== undefined && { reportedCostUsd }),
    ...(span.modelTotal && { sum: true }),
    ...(span.placeholderOutput && { placeholder: true }),
    ...(countedInRun !== undefined && { countedInRun }),
    ...(countedAsSpan !== undefined && { countedAsSpan }),
  };
}

type Elsewhere = {
  run: Run;
  countedInRun: string | undefined;
  countedAsSpan: string | undefined;
  sum: Span | undefined;
};

function reasonFor(
  span: Span,
  verdict: Verdict,
  reported: number,
  counted: number,
  { run, countedInRun, countedAsSpan, sum }: Elsewhere,
): string {
  if (verdict === 'duplicate') {
    if (countedInRun !== run.runId) return `The same call is counted in the run ${countedInRun}.`;
    return countedAsSpan === undefined
      ? 'The same call stands in this run twice, and counts once.'
      : `The same call is counted as the span ${countedAsSpan}.`;
  }
  const model = span.model ?? 'all models';
  if (verdict === 'roll-up') {
    if (span.modelTotal) return `The source’s sum for ${model}: its calls explain all of it.`;
    return reported > 0
      ? 'The calls below it report these tokens themselves.'
      : 'The calls below it have this cost themselves.';
  }
  if (verdict === 'unattributed') {
    if (span.modelTotal)
      return `The source’s sum for ${model} has ${counted} tokens more than the calls in the log: these count here.`;
    return reported > 0
      ? `It reports ${reported} tokens, ${counted} more than the calls below it: these count, of unknown kind.`
      : 'It states a higher cost than the calls below it: the difference counts.';
  }
  if (span.modelTotal) return `The source’s sum for ${model}, of which no single call is in the log.`;
  if (reported === 0) return 'It states a cost and no tokens: the cost counts.';
  if (span.placeholderOutput && sum !== undefined)
    return 'A model call whose output count is a placeholder: what it lacks counts with the source’s sum.';
  if (span.placeholderOutput) return 'A model call whose output count is a placeholder: a lower bound.';
  return 'A model call: it counts in full.';
}

function groupsOf(spans: readonly ExplainedSpan[]): ExplainedGroup[] {
  const groups = new Map<string, ExplainedGroup & { known: boolean }>();
  for (const { verdict, reportedTokens, counted, costUsd } of spans) {
    let group = groups.get(verdict);
    if (group === undefined) {
      const meaning = MEANINGS[verdict];
      group = { verdict, spans: 0, reportedTokens: 0, countedTokens: 0, costUsd: 0, meaning, known: false };
      groups.set(verdict, group);
    }
    group.spans++;
    group.reportedTokens += reportedTokens;
    group.countedTokens += totalTokens(counted);
    group.costUsd! += costUsd ?? 0;
    group.known ||= costUsd !== null;
  }
  return (Object.keys(MEANINGS) as ExplainedGroup['verdict'][]).flatMap((verdict) => {
    const group = groups.get(verdict);
    if (group === undefined) return [];
    const { known, ...rest } = group;
    return [known ? rest : { ...rest, costUsd: null }];
  });
}

function pricesOf(spans: readonly ExplainedSpan[]): ExplainedPrice[] {
  const prices = new Map<string, ExplainedPrice>();
  for (const span of spans) {
    if (span.verdict !== 'counted' && span.verdict !== 'unattributed') continue;
    const { costUsd, reportedCostUsd } = span;
    const model = span.model ?? (span.reportedTokens > 0 ? 'unknown model' : span.name);
    const priceRow = costUsd === null ? null : (span.priceRow ?? 'reported by the source');
    // What a sum has beyond its calls counts, but nobody made it in a call.
    const isRest = span.verdict === 'unattributed' || span.sum === true;
    const key = JSON.stringify([model, priceRow, isRest]);
    let price = prices.get(key);
    if (price === undefined) {
      price = {
        model,
        priceRow,
        calls: 0,
        rests: 0,
        usage: emptyUsage(),
        costUsd: costUsd === null ? null : 0,
      };
      prices.set(key, price);
    }
    if (isRest) price.rests++;
    else price.calls++;
    addUsage(price.usage, span.counted);
    if (costUsd !== null) price.costUsd! += costUsd;
    if (reportedCostUsd !== undefined) price.reportedCostUsd = (price.reportedCostUsd ?? 0) + reportedCostUsd;
  }
  return [...prices.values()].sort(
    (a, b) => (b.costUsd ?? 0) - (a.costUsd ?? 0) || totalTokens(b.usage) - totalTokens(a.usage),
  );
}

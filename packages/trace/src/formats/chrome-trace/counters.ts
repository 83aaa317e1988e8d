import { Arrivals } from '../../analysis/arrivals.ts';
import { endAt } from '../../analysis/extent.ts';
import { ledgerOf } from '../../analysis/ledger.ts';
import { countBelow } from '../../analysis/owners.ts';
import { kindAt } from '../../model/columns.ts';
import { allInputTokens, totalTokens } from '../../model/usage.ts';
import { type Drawing, startOf } from './drawing.ts';
import { PID, type TraceEvent } from './events.ts';

const MINUTE_US = 60e6;
/** Tokens a minute are averaged over at least this, so that a short call is no spike. */
const MIN_BIN_US = 5e6;
const MAX_BINS = 1000;

/** Tokens a minute, cumulative cost and active agents, at the times where they change. */
export function* counterEvents(drawing: Drawing): Generator<TraceEvent, void, undefined> {
  const { columns, tree, run, originUs, endUs } = drawing;
  const bins = Math.max(1, Math.min(MAX_BINS, Math.floor((endUs - originUs) / MIN_BIN_US)));
  const input = new Arrivals(0, endUs - originUs, bins + 1);
  const output = new Arrivals(0, endUs - originUs, bins + 1);
  const costs: Step[] = [];
  let tokens = 0;
  for (const { no, usage, costUsd } of ledgerOf(run, columns, tree).entries) {
    const from = startOf(drawing, no);
    const to = endAt(columns, no, endUs) - originUs;
    const read = allInputTokens(usage);
    const total = totalTokens(usage);
    tokens += total;
    if (read > 0) input.add(from, to, read);
    if (total > read) output.add(from, to, total - read);
    if (costUsd !== null && Number.isFinite(costUsd) && costUsd !== 0)
      costs.push({ ts: to, change: costUsd });
  }
  if (tokens > 0 && endUs > originUs) yield* tokenRates(input, output);
  yield* steps('cost USD', 'cumulative', costs);
  yield* steps('active agents', 'agents', agentSteps(drawing));
}

function counter(name: string, ts: number, args: Record<string, number>): TraceEvent {
  return { name, ph: 'C', ts, pid: PID, args };
}

function* tokenRates(input: Arrivals, output: Arrivals): Generator<TraceEvent, void, undefined> {
  const edges = input.timesUs.map(Math.round);
  const read = input.totals();
  const written = output.totals();
  let before = '';
  for (let at = 0; at + 1 < edges.length; at++) {
    const perMinute = MINUTE_US / Math.max(1, edges[at + 1]! - edges[at]!);
    // What arrived at the very first edge (calls without duration) belongs to the first bin.
    const rate = (totals: Float64Array): number =>
      Math.max(0, Math.round((totals[at + 1]! - (at === 0 ? 0 : totals[at]!)) * perMinute));
    const rates = { input: rate(read), output: rate(written) };
    const text = `${rates.input} ${rates.output}`;
    if (text !== before) yield counter('tokens/min', edges[at]!, rates);
    before = text;
  }
  // A counter holds its last value: without a closing zero the rate would go on for ever.
  yield counter('tokens/min', edges.at(-1)!, { input: 0, output: 0 });
}

type Step = { ts: number; change: number };

function agentSteps(drawing: Drawing): Step[] {
  const { columns, tree } = drawing;
  const isAgent = (no: number): boolean => kindAt(columns, no) === 'agent';
  const below = countBelow(columns, tree, isAgent);
  const changes: Step[] = [];
  for (let no = 0; no < columns.count; no++) {
    // An agent that waits for agents below it is not at work itself.
    if (!isAgent(no) || below[no]! > 0) continue;
    const ts = startOf(drawing, no);
    const end = endAt(columns, no, drawing.endUs) - drawing.originUs;
    if (end > ts) changes.push({ ts, change: 1 }, { ts: end, change: -1 });
  }
  return changes;
}

/** The running sum of steps, one sample for each time at which it changes, from 0 at the start. */
function* steps(name: string, series: string, changes: Step[]): Generator<TraceEvent, void, undefined> {
  if (changes.length === 0) return;
  changes.sort((a, b) => a.ts - b.ts);
  if (changes[0]!.ts > 0) yield counter(name, 0, { [series]: 0 });
  let sum = 0;
  for (const [at, { ts, change }] of changes.entries()) {
    sum += change;
    if (changes[at + 1]?.ts !== ts) yield counter(name, ts, { [series]: Number(sum.toFixed(9)) });
  }
}

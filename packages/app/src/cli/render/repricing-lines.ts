import type { Repricing, RunCost } from '@tacho/trace/model/repricing';
import type { Colours } from './colours.ts';
import { count, exactMoney, plural } from './figures.ts';
import { plainLine } from './plain.ts';

/** Many runs together. `costUsd` is null while no cost of any run is known. */
export type RepricingTotal = Omit<Repricing, 'runId' | 'project'> & { runs: number; changedRuns: number };

export function noRepricings(): RepricingTotal {
  const none = (): RunCost => ({ costUsd: null, unpricedCalls: 0 });
  const counts = { calls: 0, changed: 0, newlyPriced: 0, newlyUnpriced: 0 };
  return { runs: 0, changedRuns: 0, before: none(), after: none(), ...counts };
}

/** Adds a run to the total, in place. */
export function addRepricing(total: RepricingTotal, run: Repricing): void {
  total.runs++;
  if (run.changed > 0) total.changedRuns++;
  for (const state of ['before', 'after'] as const) {
    const { costUsd, unpricedCalls } = run[state];
    if (costUsd !== null) total[state].costUsd = (total[state].costUsd ?? 0) + costUsd;
    total[state].unpricedCalls += unpricedCalls;
  }
  for (const counted of ['calls', 'changed', 'newlyPriced', 'newlyUnpriced'] as const)
    total[counted] += run[counted];
}

/** `RUN  $1.000000 → $1.200000  3 of 5 calls, 1 newly priced` */
export function runLine(run: Repricing, colours: Colours): string {
  const what = run.changed === 0 ? 'unchanged' : callsText(run);
  return `${plainLine(run.runId)}  ${costText(run, colours)}  ${colours.dim(what)}\n`;
}

/** The whole, below the runs. */
export function totalLines(total: RepricingTotal, dryRun: boolean, colours: Colours): string {
  const { runs, changedRuns } = total;
  if (runs === 0) return 'There are no runs.\n';
  const verb = dryRun ? 'would change' : 'changed';
  const lines = [
    `${colours.bold(`${count(changedRuns)} of ${plural(runs, 'run')} ${verb}`)}: ${costText(total, colours)}`,
  ];
  if (total.changed > 0) lines.push(colours.dim(callsText(total)));
  if (total.after.unpricedCalls > 0)
    lines.push(colours.yellow(`${plural(total.after.unpricedCalls, 'call')} without a known price`));
  return `${lines.join('\n')}\n`;
}

function costText({ before, after }: Pick<Repricing, 'before' | 'after'>, { bold }: Colours): string {
  return `${moneyOf(before)} → ${bold(moneyOf(after))}`;
}

function moneyOf({ costUsd, unpricedCalls }: RunCost): string {
  return `${costUsd !== null && unpricedCalls > 0 ? '≥ ' : ''}${exactMoney(costUsd)}`;
}

function callsText({ calls, changed, newlyPriced, newlyUnpriced }: Omit<Repricing, 'runId'>): string {
  const parts = [`${count(changed)} of ${plural(calls, 'call')}`];
  if (newlyPriced > 0) parts.push(`${count(newlyPriced)} newly priced`);
  if (newlyUnpriced > 0) parts.push(`${count(newlyUnpriced)} not priced any more`);
  return parts.join(', ');
}

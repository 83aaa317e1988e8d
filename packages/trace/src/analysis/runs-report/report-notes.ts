import type { JudgedBy } from '../compare/compared-run.ts';
import type { GroupFigures } from './group-tally.ts';

/** What a reader of a report must know before believing it, as sentences. `scales`: maxima of final scores, undefined where none is stated. */
export function reportNotes(
  overall: GroupFigures,
  {
    judgedBy,
    scales,
    withoutTime,
  }: { judgedBy: JudgedBy; scales: readonly (number | undefined)[]; withoutTime: number },
): string[] {
  const { outcomes, total, runs_without_cost, timed_out } = overall;
  const notes: (string | false)[] = [
    outcomes.running > 0 && `${runsAre(outcomes.running)} still at work: no other figure has them in it.`,
    total > 0 &&
      judgedBy === 'completion' &&
      'No run was judged by a score: a run that ended without an error counts as a success.',
    outcomes.infrastructure > 0 &&
      `${runs(outcomes.infrastructure)} ended in an error of the infrastructure: counted in total, but not among the judged runs.`,
    outcomes.unjudged > 0 && `Nobody judged ${runs(outcomes.unjudged)} that ended without an error.`,
    scales.length > 1 &&
      `Scores of different scales are averaged together (${scales.map(scaleName).join(', ')}): choose runs of one benchmark or task type.`,
    runs_without_cost > 0 &&
      `The cost of ${runs(runs_without_cost)} is not known in full${whyUnknown(overall)}: sums of cost are lower bounds.`,
    withoutTime > 0 &&
      `Nothing tells when ${runsWere(withoutTime)}: trends over time leave ${withoutTime === 1 ? 'it' : 'them'} out.`,
    timed_out > 0 && `${runsWere(timed_out)} stopped by a limit of time: durations are too short.`,
  ];
  return notes.filter((note) => note !== false);
}

function scaleName(max: number | undefined): string {
  return max === undefined ? 'no stated maximum' : `at most ${max}`;
}

function runs(count: number): string {
  return count === 1 ? '1 run' : `${count} runs`;
}
function runsAre(count: number): string {
  return `${runs(count)} ${count === 1 ? 'is' : 'are'}`;
}
function runsWere(count: number): string {
  return `${runs(count)} ${count === 1 ? 'was' : 'were'}`;
}

/** Why costs are not known, as far as it is known. */
function whyUnknown({ runs_without_tokens, unpriced_calls }: GroupFigures): string {
  const reasons = [
    runs_without_tokens > 0 &&
      `${runs_without_tokens} of them ${runs_without_tokens === 1 ? 'tells' : 'tell'} no tokens`,
    unpriced_calls > 0 && `${unpriced_calls} ${unpriced_calls === 1 ? 'call has' : 'calls have'} no price`,
  ].filter((reason) => reason !== false);
  return reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
}

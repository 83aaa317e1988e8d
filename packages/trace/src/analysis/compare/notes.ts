import type { JudgedBy } from './compared-run.ts';
import type { Pairing } from './pairing.ts';
import { SIDES } from './pairing.ts';
import type { SideFigures } from './sides.ts';
import { amount } from './words.ts';

type Told = {
  baseline: SideFigures;
  treatment: SideFigures;
  pairing: Pairing;
  judgedBy: JudgedBy;
  /** The sentence on success if what is missing counts as failed, where that changes the verdict. */
  missingAsFailure: string | undefined;
};

/** Names of tasks that are told; the number is of all. */
const MOST_NAMED = 5;

/** What was left out and why, and what else a reader has to know. */
export function notesOn(told: Told): string[] {
  return [
    ...running(told),
    ...judging(told),
    ...pairs(told),
    ...missing(told),
    ...limits(told),
    ...unpriced(told),
  ];
}

function running({ baseline, treatment }: Told): string[] {
  const count = baseline.outcomes.running + treatment.outcomes.running;
  if (count === 0) return [];
  return [`Provisional: ${amount(count, 'run is', 'runs are')} still at work and left out.`];
}

function judging(told: Told): string[] {
  const notes =
    told.judgedBy === 'completion' && told.baseline.runs + told.treatment.runs > 0
      ? ['No run was judged by a reward or a verdict: success means that a run ended without an error.']
      : [];
  for (const side of SIDES) {
    const { unjudged } = told[side].outcomes;
    if (unjudged > 0)
      notes.push(
        `${amount(unjudged, 'run')} of the ${side} ended without an error and without a judgement: not counted for success.`,
      );
  }
  return notes;
}

function pairs({ pairing }: Told): string[] {
  const { by, design, tasks, onlyBaseline, onlyTreatment, withoutTask } = pairing;
  const notes: string[] = [];
  if (design === 'independent' && tasks.length > 0 && by !== 'none')
    notes.push(
      `The two sides have no ${by === 'task' ? 'task' : `"${by}"`} in common: compared as independent groups, which needs more data and trusts that their tasks are equally hard.`,
    );
  for (const [side, names] of [
    ['baseline', onlyBaseline],
    ['treatment', onlyTreatment],
  ] as const) {
    if (names.length === 0) continue;
    const named = names.slice(0, MOST_NAMED).map(short).join(', ');
    notes.push(
      `${amount(names.length, 'task')} only the ${side} has, left out of what is paired: ${named}${names.length > MOST_NAMED ? ' …' : ''}.`,
    );
  }
  for (const side of SIDES)
    if (withoutTask[side] > 0)
      notes.push(
        `${amount(withoutTask[side], 'run')} of the ${side} of unknown task, left out of what is paired.`,
      );
  return notes;
}

function missing(told: Told): string[] {
  const notes: string[] = [];
  for (const side of SIDES) {
    const { outcomes, infrastructureErrors } = told[side];
    if (outcomes.infrastructure === 0) continue;
    const types = Object.entries(infrastructureErrors).map(([type, count]) => `${short(type)} ${count}`);
    notes.push(
      `${amount(outcomes.infrastructure, 'run')} of the ${side} ended in an error of the infrastructure and ${outcomes.infrastructure === 1 ? 'is' : 'are'} missing, not failed: ${types.slice(0, MOST_NAMED).join(', ')}.`,
    );
  }
  if (told.missingAsFailure !== undefined)
    notes.push(`If what is missing counted as failed, this would be said instead: ${told.missingAsFailure}`);
  return notes;
}

function limits(told: Told): string[] {
  return SIDES.filter((side) => told[side].timedOut > 0).map(
    (side) =>
      `${amount(told[side].timedOut, 'run')} of the ${side} ended at a limit of time: what they would have taken is longer than what was measured.`,
  );
}

function unpriced(told: Told): string[] {
  return SIDES.filter((side) => told[side].unknown.cost > 0 && told[side].costUsd > 0).map(
    (side) =>
      `The cost of ${amount(told[side].unknown.cost, 'run')} of the ${side} is not known in full: not counted for cost.`,
  );
}

function short(name: string): string {
  const line = name.replace(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

import type { RunReport } from '../analysis/report.ts';
import type { RoundInfo } from '../analysis/scores.ts';
import { figure } from '../model/figures.ts';
import type { Score } from '../model/score.ts';
import { type Cell, type Column, type DigestTable, tableOf } from './digest-table.ts';

/** Judgements as tables: rounds of revision side by side, criteria, and whatever else was judged. */
export function scoreTables(report: RunReport, most: number): (DigestTable | undefined)[] {
  return [roundTable(report), criteriaTable(report, most), otherTable(report, most)];
}

/** Dimensions that get a column of their own. */
const MOST_DIMENSIONS = 8;

function roundTable({ rounds }: RunReport): DigestTable | undefined {
  const names = [...new Set(rounds.flatMap(({ dimensions }) => dimensions.map(({ name }) => name)))];
  const dimension = (name: string): Column<RoundInfo> => ({
    title: name,
    foreign: true,
    figure: true,
    of: ({ dimensions }) => pointsOf(dimensions.findLast((judged) => judged.name === name)),
  });
  return tableOf<RoundInfo>(
    'rounds',
    'Rounds',
    rounds,
    [
      { title: 'round', of: ({ round }) => ({ text: round, foreign: 'name' }) },
      { title: 'score', figure: true, of: (round) => pointsOf(round) },
      { title: 'change', figure: true, of: (round) => changeAt(rounds, round) },
      { title: 'verdict', of: ({ label }) => ({ text: label ?? '', foreign: 'name' }) },
      ...names.slice(0, MOST_DIMENSIONS).map(dimension),
    ],
    { most: 24 },
  );
}

function pointsOf(judged: { value: number | null; max?: number } | undefined): string {
  if (judged === undefined || judged.value === null) return '';
  return judged.max === undefined ? figure(judged.value) : `${figure(judged.value)} of ${figure(judged.max)}`;
}

/** What a round changed against the last one before it that has a score. */
function changeAt(rounds: readonly RoundInfo[], round: RoundInfo): Cell {
  const before = rounds.slice(0, rounds.indexOf(round)).findLast(({ value }) => value !== null)?.value;
  if (round.value === null || before === undefined || before === null) return { text: '' };
  const change = round.value - before;
  if (change === 0) return { text: '±0', tone: 'mute' };
  return change > 0
    ? { text: `+${figure(change)}`, tone: 'ok' }
    : { text: `−${figure(-change)}`, tone: 'error' };
}

function criteriaTable({ criteria }: RunReport, most: number): DigestTable | undefined {
  return tableOf(
    'criteria',
    `Criteria: ${criteria.passed} of ${criteria.total} met`,
    // What is not met is what one looks for.
    criteria.results.toSorted((a, b) => Number(a.passed) - Number(b.passed)),
    [
      { title: 'criterion', of: ({ id }) => ({ text: id, foreign: 'name' }) },
      {
        title: 'met',
        of: ({ passed }) => (passed ? { text: 'yes', tone: 'ok' } : { text: 'no', tone: 'error' }),
      },
    ],
    { most },
  );
}

const IN_OTHER_TABLES = /^(criteria|criterion)$|^criterion:/;

function otherTable({ scores }: RunReport, most: number): DigestTable | undefined {
  return tableOf<Score>(
    'scores',
    'Scores',
    scores.filter(({ name, round }) => round === undefined && !IN_OTHER_TABLES.test(name)),
    [
      { title: 'score', of: ({ name }) => ({ text: name, foreign: 'name' }) },
      { title: 'of', of: ({ dimension }) => ({ text: dimension ?? '', foreign: 'name' }) },
      { title: 'value', figure: true, of: (score) => pointsOf(score) },
      { title: 'verdict', of: ({ label }) => ({ text: label ?? '', foreign: 'name' }) },
      { title: 'comment', of: ({ comment }) => ({ text: comment ?? '', foreign: 'prose', tone: 'mute' }) },
    ],
    { most },
  );
}

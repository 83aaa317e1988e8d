// biome-ignore-all lint/a11y/useSemanticElements: see the table.

import type { DiffSide } from '../../state/url.ts';
import { compact, duration, money } from '../../ui/format.ts';
import { KindDot } from '../kind-dot.tsx';
import { Link } from '../shell/link.tsx';
import { deltaOf, type Lines } from './aligned-rows.ts';
import css from './diff.module.css';
import { aloneNote, differencesIn, MARKS, namesOf, signed } from './step-words.ts';

const INDENT_PX = 14;
/** Deeper levels are not moved further to the right: names must stay in sight. */
const DEEPEST_INDENT = 12;
/** From this share of the longer run on, a difference of time is one to look at. */
const WORTH_A_LOOK = 0.05;

export const indentOf = (depth: number): number => Math.min(depth, DEEPEST_INDENT) * INDENT_PX;

/** A step, as it stands in both runs or in one of them. */
export function StepRow({
  lines,
  at,
  index,
  topPx,
  heightPx,
  selected,
  match,
  runs,
  longestUs,
  onSelect,
}: {
  lines: Lines;
  at: number;
  index: number;
  topPx: number;
  heightPx: number;
  selected: boolean;
  match: boolean;
  runs: { readonly [Side in DiffSide]: string };
  longestUs: number;
  onSelect: () => void;
}) {
  const step = lines.steps[at]!;
  const mark = lines.marks[at]!;
  const depth = lines.depth[at]!;
  const { left, right } = step;
  const { kind } = (right ?? left)!;
  const names = namesOf(step);
  const delta = deltaOf(step);
  const alone = left === null || right === null;
  const note = alone ? aloneNote(step) : differencesIn(step).join(' · ');
  const failed = (right ?? left)!.error !== undefined;
  const sides = (of: (span: NonNullable<typeof left>) => string): string => {
    const [one, other] = [left, right].map((span) => (span === null ? '–' : of(span)));
    return one === other ? one! : `${one} → ${other}`;
  };
  const times = sides(({ durationUs }) => duration(durationUs));
  const looked = Math.abs(delta.us) >= WORTH_A_LOOK * longestUs && delta.us !== 0;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the treegrid handles all keys; rows are its descendants.
    <div
      id={`step-${at}`}
      className={css.row}
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 2}
      aria-level={depth + 1}
      aria-selected={selected}
      data-mark={mark}
      data-match={match || undefined}
      style={{ height: heightPx, transform: `translateY(${topPx}px)` }}
      onClick={onSelect}
    >
      <span role="gridcell" tabIndex={-1} data-column="mark" title={MARKS[mark].word}>
        <i className={css.sign} data-mark={mark} aria-hidden="true">
          {MARKS[mark].sign}
        </i>
        <span className="visually-hidden">{MARKS[mark].word}</span>
      </span>
      <span
        role="rowheader"
        tabIndex={-1}
        data-column="step"
        className={css.step}
        style={{ paddingLeft: indentOf(depth) }}
        title={[...names, note].join('\n').slice(0, 2_000)}
      >
        {depth > DEEPEST_INDENT && <span className={css.depth}>{depth + 1}</span>}
        <KindDot kind={kind} />
        <span className={css.names}>
          {names.map((name, no) => (
            <bdi
              key={no === 0 ? 'left' : 'right'}
              className={css.label}
              data-was={names.length > 1 && no === 0}
            >
              {no > 0 && <span className={css.arrow}>→ </span>}
              {name.slice(0, 300)}
            </bdi>
          ))}
        </span>
        <span className={css.noteBelow} data-failed={failed || undefined} aria-hidden="true">
          {note}
        </span>
      </span>
      <span
        role="gridcell"
        tabIndex={-1}
        data-column="differs"
        data-failed={failed || undefined}
        title={note.slice(0, 2_000)}
      >
        {note}
      </span>
      <span role="gridcell" tabIndex={-1} data-column="sides">
        {times}
      </span>
      <span
        role="gridcell"
        tabIndex={-1}
        data-column="time"
        title={times}
        data-tone={looked ? (delta.us > 0 ? 'worse' : 'better') : undefined}
      >
        {signed(delta.us, duration)}
      </span>
      <span role="gridcell" tabIndex={-1} data-column="tokens" title={sides(({ tokens }) => compact(tokens))}>
        {delta.tokens === 0 ? '' : signed(delta.tokens, compact)}
      </span>
      <span
        role="gridcell"
        tabIndex={-1}
        data-column="cost"
        title={sides(({ costUsd }) => (costUsd === null ? 'unknown' : money(costUsd)))}
      >
        {delta.costUsd === null ? 'unknown' : delta.costUsd === 0 ? '' : signed(delta.costUsd, money)}
      </span>
      <span role="gridcell" tabIndex={-1} data-column="open">
        {(['left', 'right'] as const).map((side) => {
          const span = step[side];
          return span === null ? (
            <i key={side} />
          ) : (
            <Link
              key={side}
              to={{ page: 'run', runId: runs[side], tab: 'timeline', span: span.no }}
              tabIndex={selected ? 0 : -1}
              aria-label={`Open it in the ${side} run`}
              onClick={(event) => event.stopPropagation()}
            >
              {side}
            </Link>
          );
        })}
      </span>
    </div>
  );
}

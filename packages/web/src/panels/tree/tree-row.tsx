// biome-ignore-all lint/a11y/useSemanticElements: a virtual list of 100 000 rows cannot be a <table>, which lays out all of them.
import { FLAG_UNPRICED, kindAt, MISSING_PARENT, statusAt, textAt } from '@tacho/trace/model/columns';
import { ChevronRight, CircleAlert, Unlink } from 'lucide-react';
import { clock, compact, duration, money, moneyAtLeast } from '../../ui/format.ts';
import { KindDot } from '../kind-dot.tsx';
import type { Analyses } from '../run/analyses.ts';
import { barScale, SpanBar } from '../span-bar.tsx';
import { StatusIcon } from '../status.tsx';
import css from './tree.module.css';

export const ROW_PX = 26;
const INDENT_PX = 14;
/** Deeper levels are not moved further to the right but say how deep they are: names must stay in sight. */
const DEEPEST_INDENT = 18;

export function TreeRow({
  no,
  index,
  topPx,
  analyses,
  expandable,
  expanded,
  selected,
  match,
  onSelect,
  onToggle,
}: {
  no: number;
  index: number;
  topPx: number;
  analyses: Analyses;
  expandable: boolean;
  expanded: boolean;
  selected: boolean;
  match: boolean;
  onSelect: () => void;
  onToggle: () => void;
}) {
  const { columns, tree, header, nowUs } = analyses;
  const depth = tree.depth[no] ?? 0;
  const kind = kindAt(columns, no);
  const status = statusAt(columns, no);
  const startUs = columns.startUs[no]!;
  const open = Number.isNaN(columns.endUs[no]!);
  const torn = open && header.status !== 'running';
  const endUs = open ? Math.max(startUs, nowUs) : columns.endUs[no]!;
  const scale = barScale(header, nowUs);
  const name = textAt(columns, 'name', no) || '(unnamed)';
  const error = textAt(columns, 'error', no);
  const tokens = columns.tokens[no]!;
  const costUsd = columns.costUsd[no]!;
  const { totals } = analyses;
  const inside = expandable
    ? {
        tokens: compact(totals.tokens[no]),
        cost:
          totals.costUsd[no] === 0 && totals.unpriced[no]! > 0
            ? 'unknown'
            : moneyAtLeast(totals.costUsd[no], totals.unpriced[no]),
      }
    : undefined;
  const unpriced = (columns.flags[no]! & FLAG_UNPRICED) !== 0;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the treegrid handles all keys; rows are its descendants.
    <div
      id={`span-${no}`}
      className={css.row}
      role="row"
      tabIndex={-1}
      aria-rowindex={index + 1}
      aria-level={depth + 1}
      aria-selected={selected}
      {...(expandable && { 'aria-expanded': expanded })}
      data-match={match || undefined}
      style={{ height: ROW_PX, transform: `translateY(${topPx}px)` }}
      onClick={onSelect}
    >
      <span
        role="gridcell"
        tabIndex={-1}
        className={css.name}
        style={{ paddingLeft: Math.min(depth, DEEPEST_INDENT) * INDENT_PX }}
      >
        <button
          type="button"
          className={css.twist}
          tabIndex={-1}
          aria-label={expanded ? 'Collapse' : 'Expand'}
          data-open={expanded || undefined}
          hidden={!expandable}
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
        >
          <ChevronRight size={14} />
        </button>
        {!expandable && <i className={css.noTwist} />}
        {depth > DEEPEST_INDENT && <span className={css.depth}>{depth + 1}</span>}
        <KindDot kind={kind} />
        <span className={css.label} title={error || name}>
          {name}
        </span>
        {tree.parent[no] === MISSING_PARENT && (
          <Unlink size={12} className={css.orphan} aria-label="Its parent is missing" />
        )}
        {status === 'error' && <CircleAlert size={13} className={css.failed} aria-label="error" />}
        {error && <span className={css.error}>{error}</span>}
        {open && <StatusIcon status={torn ? 'torn' : 'running'} size={12} />}
      </span>
      <span
        role="gridcell"
        tabIndex={-1}
        className={css.time}
        title={`starts at ${clock(startUs - scale.fromUs)}`}
      >
        <SpanBar
          scale={scale}
          startUs={startUs}
          endUs={endUs}
          kind={kind}
          open={open}
          failed={status === 'error'}
        />
      </span>
      <span role="gridcell" tabIndex={-1} className={css.figure}>
        {open && !torn ? clock(endUs - startUs) : duration(endUs - startUs)}
      </span>
      <Sum own={tokens > 0 ? compact(tokens) : ''} inside={inside?.tokens} />
      <Sum own={Number.isNaN(costUsd) ? (unpriced ? 'unknown' : '') : money(costUsd)} inside={inside?.cost} />
    </div>
  );
}

/** A figure of the span itself; where it has none, faintly, the sum of what is inside it. */
function Sum({ own, inside }: { own: string; inside: string | undefined }) {
  const sum = own === '' && inside !== undefined && inside !== '0' && inside !== '$0' ? inside : undefined;
  return (
    <span
      role="gridcell"
      tabIndex={-1}
      className={css.figure}
      {...(sum !== undefined && { 'data-sum': true, title: 'The sum of what is inside it' })}
    >
      {sum ?? own}
    </span>
  );
}

// biome-ignore-all lint/correctness/noComponentHookFactories: functions by the name of a key (ArrowDown) are no components.
import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronUp } from 'lucide-react';
import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react';
import { refineRun } from '../../state/location.ts';
import type { RunPlace } from '../../state/url.ts';
import { IconButton } from '../../ui/button.tsx';
import { counted } from '../../ui/format.ts';
import { TAKES_KEYS } from '../../ui/keys.ts';
import { Notice } from '../../ui/notice.tsx';
import { rowAfter } from '../../ui/row-keys.ts';
import { SearchBox } from '../../ui/search-box.tsx';
import type { Analyses } from '../run/analyses.ts';
import css from './tree.module.css';
import { ROW_PX, TreeRow } from './tree-row.tsx';
import {
  type Expansion,
  hasChildren,
  isExpanded,
  levelsOf,
  matchesOf,
  matchingRows,
  revealed,
  toggled,
  visibleRows,
} from './tree-rows.ts';

/** Runs up to this size open in full; larger ones show their first levels. */
const OPEN_IN_FULL = 400;
const FIRST_LEVELS = 2;

export function TreePanel({ place, analyses }: { place: RunPlace; analyses: Analyses }) {
  const { tree, columns } = analyses;
  const find = place.find ?? '';
  const only = place.only === true && find !== '';
  const levels = levelsOf(tree);
  const [expansion, setExpansion] = useState<Expansion>(() => ({
    level: columns.count <= OPEN_IN_FULL ? Number.POSITIVE_INFINITY : FIRST_LEVELS,
    turned: new Set(),
  }));
  const matches = useMemo(() => matchesOf(columns, find), [columns, find]);
  const found = useMemo(() => tree.order.filter((no) => matches[no] === 1), [tree, matches]);
  const rows = useMemo(
    () => (only ? matchingRows(tree, matches) : visibleRows(tree, expansion)),
    [tree, only, matches, expansion],
  );
  const selected = place.span;
  const at = useMemo(() => (selected === undefined ? -1 : rows.indexOf(selected)), [rows, selected]);

  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index] ?? index,
    overscan: 20,
  });

  const select = (no: number): void => {
    if (!only) setExpansion((now) => revealed(now, tree, no));
    refineRun({ span: no });
  };
  // A selection from elsewhere (a problem, a link) is opened up to and brought into sight, once.
  const shown = useRef<number | undefined>(undefined);
  // Moved here by key or click: then the rows move no more than they must.
  const own = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the selection, not every change of the tree.
  useEffect(() => {
    if (selected === undefined || selected === shown.current || selected >= columns.count) return;
    if (at < 0 && !only) {
      setExpansion((now) => revealed(now, tree, selected));
      return;
    }
    shown.current = selected;
    if (at >= 0) virtual.scrollToIndex(at, { align: own.current ? 'auto' : 'center' });
    own.current = false;
  }, [selected, at]);

  const onKey = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const no = at < 0 ? undefined : rows[at];
    const step = (to: number | undefined): void => {
      if (to === undefined) return;
      own.current = true;
      refineRun({ span: rows[to] });
    };
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / ROW_PX) - 1);
    const actions: Record<string, () => void> = {
      ArrowRight: () => {
        if (no === undefined || !hasChildren(tree, no)) return;
        if (!only && !isExpanded(expansion, tree, no)) setExpansion(toggled(expansion, no));
        else step(rowAfter('ArrowDown', at, rows.length, page));
      },
      ArrowLeft: () => {
        if (no === undefined) return;
        const open = hasChildren(tree, no) && isExpanded(expansion, tree, no);
        if (!only && open) setExpansion(toggled(expansion, no));
        else if (tree.parent[no]! >= 0) refineRun({ span: tree.parent[no]! });
      },
      '*': () => {
        if (no === undefined) return;
        const turned = new Set(expansion.turned);
        const open = { ...expansion, turned };
        for (let other = 0; other < columns.count; other++) {
          if (tree.parent[other] === tree.parent[no] && !isExpanded(open, tree, other)) {
            if (!turned.delete(other)) turned.add(other);
          }
        }
        setExpansion(open);
      },
    };
    const to = rowAfter(event.key, at, rows.length, page);
    const action = to === undefined ? actions[event.key] : () => step(to);
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    action();
  };

  const hop = (by: 1 | -1): void => {
    if (found.length === 0) return;
    const now = selected === undefined ? -1 : found.indexOf(selected);
    const next = found[(now + by + found.length) % found.length];
    if (next !== undefined) select(next);
  };

  return (
    <div className={css.panel}>
      <div className={css.bar}>
        <SearchBox
          className={css.search}
          main
          label="Search in the tree"
          placeholder="Search names, tools, models, errors"
          value={find}
          onChange={(text) => refineRun({ find: text || undefined })}
          onKeyDown={(event) => {
            if (event.key === 'Enter') hop(event.shiftKey ? -1 : 1);
            else if (event.key === 'Escape') {
              if (find === '') event.currentTarget.blur();
              refineRun({ find: undefined, only: undefined });
            }
          }}
        />
        {find !== '' && (
          <>
            <span className={css.found} aria-live="polite">
              {counted(found.length, 'match', 'matches')}
            </span>
            <IconButton label="Previous match (Shift Enter)" onClick={() => hop(-1)}>
              <ChevronUp size={15} />
            </IconButton>
            <IconButton label="Next match (Enter)" onClick={() => hop(1)}>
              <ChevronDown size={15} />
            </IconButton>
          </>
        )}
        <label className={css.check}>
          <input
            type="checkbox"
            checked={place.only === true}
            onChange={(event) => refineRun({ only: event.target.checked || undefined })}
          />
          only matches
        </label>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend. */}
        <span className={css.levels} role="group" aria-label="Expand to level">
          <span>levels</span>
          {[1, 2, 3, 4]
            .filter((level) => level < levels)
            .map((level) => (
              <button
                key={level}
                type="button"
                aria-pressed={expansion.level === level - 1 && expansion.turned.size === 0}
                onClick={() => setExpansion({ level: level - 1, turned: new Set() })}
              >
                {level}
              </button>
            ))}
          <button
            type="button"
            aria-pressed={expansion.level >= levels && expansion.turned.size === 0}
            onClick={() => setExpansion({ level: Number.POSITIVE_INFINITY, turned: new Set() })}
          >
            all
          </button>
        </span>
      </div>
      <div className={css.head} aria-hidden="true">
        <span>name</span>
        <span>time in the run</span>
        <span>duration</span>
        <span>tokens</span>
        <span>cost</span>
      </div>
      {rows.length === 0 ? (
        <Notice title={columns.count === 0 ? 'No spans yet' : 'Nothing matches'}>
          {columns.count === 0
            ? 'They appear here as soon as the first one starts.'
            : `No span has “${find}” in its name, tool, model or error.`}
        </Notice>
      ) : (
        <div
          ref={scroller}
          className={css.scroller}
          role="treegrid"
          aria-label="Spans"
          aria-rowcount={rows.length}
          aria-activedescendant={at < 0 ? undefined : `span-${selected}`}
          tabIndex={0}
          {...{ [TAKES_KEYS]: true }}
          onKeyDown={onKey}
        >
          <div role="presentation" className={css.rows} style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const no = rows[item.index]!;
              return (
                <TreeRow
                  key={item.key}
                  no={no}
                  index={item.index}
                  topPx={item.start}
                  analyses={analyses}
                  expandable={hasChildren(tree, no)}
                  expanded={only || isExpanded(expansion, tree, no)}
                  selected={no === selected}
                  match={matches[no] === 1}
                  onSelect={() => {
                    own.current = true;
                    refineRun({ span: no });
                  }}
                  onToggle={() => setExpansion((now) => toggled(now, no))}
                />
              );
            })}
          </div>
        </div>
      )}
    </div>
  );
}

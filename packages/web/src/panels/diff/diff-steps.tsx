import { ChevronDown, ChevronUp, CornerDownRight } from 'lucide-react';
import { type RefObject, useMemo, useState } from 'react';
import type { TreeDiff } from '../../api/client.ts';
import { go } from '../../state/location.ts';
import type { DiffPlace } from '../../state/url.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { counted, grouped } from '../../ui/format.ts';
import { SearchBox } from '../../ui/search-box.tsx';
import {
  allRows,
  changeRows,
  countsOf,
  hop,
  lineOf,
  linesOf,
  type Mark,
  matchesOf,
  stepAt,
  turned,
} from './aligned-rows.ts';
import css from './diff.module.css';
import { StepTable } from './step-table.tsx';
import { MARKS, partingOf } from './step-words.ts';

const LEGEND: readonly Mark[] = ['same', 'changed', 'removed', 'added'];

/** Where the runs part, how many steps differ, and the steps of both as one tree. */
export function DiffSteps({
  place,
  diff,
  scroller,
}: {
  place: DiffPlace;
  diff: TreeDiff;
  scroller: RefObject<HTMLDivElement | null>;
}) {
  const lines = useMemo(() => linesOf(diff.tree), [diff]);
  const counts = useMemo(() => countsOf(lines), [lines]);
  const find = place.find ?? '';
  const found = useMemo(() => matchesOf(lines, find), [lines, find]);
  const [opened, setOpened] = useState<ReadonlySet<number>>(() => new Set());
  const rows = useMemo(
    () => (place.changes ? changeRows(lines, found, opened) : allRows(lines)),
    [lines, found, opened, place.changes],
  );
  const selected = useMemo(() => lineOf(lines, place.step), [lines, place.step]);
  const refine = (change: { [Name in keyof DiffPlace]?: DiffPlace[Name] | undefined }): void => {
    const next: Record<string, unknown> = { ...place, ...change };
    for (const name of Object.keys(next)) if (next[name] === undefined) delete next[name];
    go(next as unknown as DiffPlace, 'replace');
  };
  const select = (line: number | undefined): void => {
    if (line !== undefined && line >= 0) refine({ step: stepAt(lines, line) });
  };
  const parting = partingOf(diff);
  const first = diff.firstDivergence;
  const { changes } = lines;
  const changeNo = changes.indexOf(selected) + 1;
  return (
    <>
      <div className={css.summary}>
        <p className={css.parting}>
          {parting === undefined ? (
            <>
              <b>Nothing differs:</b> the same steps on both sides, with the same arguments and results.
            </>
          ) : (
            <>
              <b>{parting.when}:</b> {parting.what}{' '}
              <Button
                className={css.jump ?? ''}
                onClick={() => {
                  const side = first!.right === null ? 'left' : 'right';
                  select(lineOf(lines, { side, no: first![side]!.no }));
                }}
              >
                <CornerDownRight size={13} aria-hidden="true" /> Go there
              </Button>
            </>
          )}
        </p>
        <ul className={css.legend} aria-label="Steps">
          {LEGEND.map((mark) => (
            <li key={mark} data-none={counts[mark] === 0 || undefined}>
              <i className={css.sign} data-mark={mark} aria-hidden="true">
                {MARKS[mark].sign}
              </i>
              <b>{grouped(counts[mark])}</b> {MARKS[mark].word}
            </li>
          ))}
        </ul>
      </div>
      <div className={css.bar}>
        <SearchBox
          className={css.search}
          main
          label="Search in the steps"
          placeholder="Search names, models, errors"
          value={find}
          onChange={(text) => refine({ find: text || undefined })}
          onKeyDown={(event) => {
            if (event.key === 'Enter') select(hop(found, selected, event.shiftKey ? -1 : 1));
            else if (event.key === 'Escape') {
              if (find === '') event.currentTarget.blur();
              refine({ find: undefined });
            }
          }}
        />
        {find !== '' && (
          <span className={css.hops}>
            <span className={css.found} aria-live="polite">
              {counted(found.length, 'match', 'matches')}
            </span>
            <IconButton label="Previous match (Shift Enter)" onClick={() => select(hop(found, selected, -1))}>
              <ChevronUp size={15} />
            </IconButton>
            <IconButton label="Next match (Enter)" onClick={() => select(hop(found, selected, 1))}>
              <ChevronDown size={15} />
            </IconButton>
          </span>
        )}
        <label className={css.check}>
          <input
            type="checkbox"
            checked={place.changes === true}
            onChange={(event) => refine({ changes: event.target.checked || undefined })}
          />
          changes only
        </label>
        {changes.length > 0 && (
          <span className={`${css.hops} ${css.changes}`}>
            <span className={css.found} aria-live="polite">
              {changeNo > 0
                ? `change ${grouped(changeNo)} of ${grouped(changes.length)}`
                : counted(changes.length, 'change')}
            </span>
            <IconButton label="Previous change (p)" onClick={() => select(hop(changes, selected, -1))}>
              <ChevronUp size={15} />
            </IconButton>
            <IconButton label="Next change (n)" onClick={() => select(hop(changes, selected, 1))}>
              <ChevronDown size={15} />
            </IconButton>
          </span>
        )}
      </div>
      <StepTable
        lines={lines}
        rows={rows}
        found={found}
        selected={selected}
        runs={{ left: diff.left.runId, right: diff.right.runId }}
        longestUs={Math.max(diff.totals.durationUs.left, diff.totals.durationUs.right)}
        scroller={scroller}
        onSelect={select}
        onTurn={(fold) => setOpened((now) => turned(now, fold))}
      />
    </>
  );
}

import { FileDiff, ServerCrash } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { fetchDiff, fetchSummary } from '../../api/client.ts';
import { useAnswer } from '../../state/answer.ts';
import { go } from '../../state/location.ts';
import type { DiffPlace, DiffSide } from '../../state/url.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import css from './diff.module.css';
import { DiffHead, type SideRuns } from './diff-head.tsx';
import { DiffSteps } from './diff-steps.tsx';
import { RunPicker } from './run-picker.tsx';

/** Two runs beside each other; where one is missing, the runs to choose from. */
export default function DiffPage({ place }: { place: DiffPlace }) {
  const { left, right } = place;
  const twice = left !== undefined && left === right;
  const runs: SideRuns = {
    left: useAnswer(left, (signal) => fetchSummary(left!, signal)),
    right: useAnswer(right, (signal) => fetchSummary(right!, signal)),
  };
  const diff = useAnswer(
    left !== undefined && right !== undefined && !twice ? JSON.stringify([left, right]) : undefined,
    (signal) => fetchDiff(left!, right!, signal),
  );
  const names = [runs.left, runs.right].map((run) => run?.value?.value.name);
  const title = names.every((name) => name !== undefined) ? `${names.join(' ↔ ')} · Diff` : 'Diff';
  useEffect(() => {
    document.title = `${title} · Tacho`;
  }, [title]);
  const scroller = useRef<HTMLDivElement>(null);
  const side = sideToChoose(place, runs);
  const again = (): void => {
    runs.left?.again();
    runs.right?.again();
    diff?.again();
  };
  return (
    <div ref={scroller} className={css.page}>
      <h1 className="visually-hidden">Diff of two runs</h1>
      <DiffHead place={place} runs={runs} diff={diff?.value} choosing={side} onAgain={again} />
      {twice && (
        <p className={css.sentence} role="status">
          Both sides are the same run, and a run does not differ from itself. Choose another one for the right
          side.
        </p>
      )}
      {side !== undefined ? (
        <RunPicker
          key={side}
          side={side}
          find={place.find ?? ''}
          taken={side === 'left' ? right : left}
          hrefTo={(runId) => withSide(place, side, runId)}
          onFind={(find) => {
            const { find: _, ...rest } = place;
            go({ ...rest, ...(find !== '' && { find }) }, 'replace');
          }}
        />
      ) : diff?.phase === 'failed' ? (
        <Notice title={diff.failure!.message} icon={<ServerCrash size={28} />}>
          {diff.failure!.hint && <p>{diff.failure!.hint}</p>}
          <p>
            <Button onClick={again}>Try again</Button>
          </p>
        </Notice>
      ) : diff?.value === undefined ? (
        <p className={css.sentence} role="status">
          Laying the two runs beside each other …
        </p>
      ) : diff.value.tree.length === 0 ? (
        <Notice title="Neither run has a step" icon={<FileDiff size={28} />}>
          There are no spans in them, so there is nothing to lay side by side.
        </Notice>
      ) : (
        <DiffSteps key={`${left} ${right}`} place={place} diff={diff.value} scroller={scroller} />
      )}
    </div>
  );
}

/** The side that has no run yet, or one that is not there, or the same as the other. */
function sideToChoose({ left, right }: DiffPlace, runs: SideRuns): DiffSide | undefined {
  const gone = (side: DiffSide): boolean => runs[side]?.failure?.status === 404;
  if (left === undefined || gone('left')) return 'left';
  return right === undefined || right === left || gone('right') ? 'right' : undefined;
}

/** With both sides chosen, what differs is what people came for. */
function withSide({ left, right }: DiffPlace, side: DiffSide, runId: string): DiffPlace {
  const next = { left, right, [side]: runId };
  return {
    page: 'diff',
    ...(next.left !== undefined && { left: next.left }),
    ...(next.right !== undefined && { right: next.right }),
    ...(next.left !== undefined && next.right !== undefined && { changes: true }),
  };
}

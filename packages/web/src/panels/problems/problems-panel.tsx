import type { Problem } from '@tacho/trace/analysis/problems';
import {
  CircleAlert,
  CircleHelp,
  CircleSlash,
  Hourglass,
  type LucideIcon,
  PartyPopper,
  Repeat,
  RotateCw,
  ScanEye,
  Unlink,
} from 'lucide-react';
import { useNow } from '../../state/clock.ts';
import { refineRun } from '../../state/location.ts';
import type { RunPlace } from '../../state/url.ts';
import { ago, clock, counted } from '../../ui/format.ts';
import { Notice } from '../../ui/notice.tsx';
import type { Analyses } from '../run/analyses.ts';
import { Link } from '../shell/link.tsx';
import css from './problems.module.css';

const LOOKS: Record<Problem['kind'], { icon: LucideIcon; word: string }> = {
  error: { icon: CircleAlert, word: 'error' },
  stall: { icon: Hourglass, word: 'stall' },
  torn: { icon: CircleSlash, word: 'torn off' },
  loop: { icon: Repeat, word: 'loop' },
  retry: { icon: RotateCw, word: 'retry' },
  orphan: { icon: Unlink, word: 'orphan' },
  impossible: { icon: ScanEye, word: 'impossible' },
  unpriced: { icon: CircleHelp, word: 'unpriced' },
};

/** Rows that are laid out at once. */
const MOST = 500;

/** Everything that somebody should look at, newest first, each a link to its place. */
export function ProblemsPanel({ place, analyses }: { place: RunPlace; analyses: Analyses }) {
  const { problems, header } = analyses;
  const running = header.status === 'running';
  const nowUs = useNow(running);
  if (problems.length === 0)
    return (
      <Notice title="No problems" icon={<PartyPopper size={28} />}>
        No errors, stalls, loops or gaps{running ? ' so far. They appear here at once' : ' were found'}.
      </Notice>
    );
  return (
    <div className={css.panel}>
      <ol className={css.list}>
        {problems.slice(0, MOST).map((problem) => {
          const look = LOOKS[problem.kind];
          return (
            <li key={`${problem.kind} ${problem.no} ${problem.atUs}`}>
              <Link
                className={css.row}
                data-severity={problem.severity}
                aria-current={place.span === problem.no || undefined}
                to={{ ...place, span: Math.max(0, problem.no) }}
                onClick={(event) => {
                  if (problem.no < 0) event.preventDefault();
                }}
              >
                <span className={css.kind}>
                  <look.icon size={14} aria-hidden="true" /> {look.word}
                </span>
                <span className={css.what}>
                  <b>{problem.title}</b>
                  {problem.detail && <span>{problem.detail}</span>}
                </span>
                <span className={css.when}>
                  at {clock(problem.atUs - header.startUs)}
                  {running && <span> · {ago(problem.atUs, nowUs)}</span>}
                </span>
              </Link>
              {problem.no >= 0 && (
                <button
                  type="button"
                  className={css.show}
                  onClick={() => refineRun({ tab: 'timeline', span: problem.no }, 'push')}
                >
                  show in timeline
                </button>
              )}
            </li>
          );
        })}
      </ol>
      {problems.length > MOST && (
        <p className={css.rest}>and {counted(problems.length - MOST, 'older problem')}</p>
      )}
    </div>
  );
}

import type { Outcome } from '@tacho/trace/analysis/compare/compared-run';
import type { TaskRun } from '@tacho/trace/analysis/compare/task-comparison';
import { plainLine } from '@tacho/trace/model/plain-text';
import { Check, CircleDashed, LoaderCircle, type LucideIcon, Unplug, X } from 'lucide-react';
import { Link } from '../shell/link.tsx';
import tones from '../status.module.css';
import own from './tasks.module.css';

const LOOKS: Readonly<Record<Outcome, { icon: LucideIcon; word: string; tone: string }>> = {
  success: { icon: Check, word: 'succeeded', tone: 'ok' },
  failure: { icon: X, word: 'failed', tone: 'error' },
  unjudged: { icon: CircleDashed, word: 'unjudged', tone: 'quiet' },
  infrastructure: { icon: Unplug, word: 'infrastructure', tone: 'warn' },
  running: { icon: LoaderCircle, word: 'running', tone: 'running' },
};

/** Runs of one task that are linked; the number is of all. */
const MOST = 8;

/** The runs of one side of a task, each a link with what became of it. */
export function OutcomeLinks({ runs, side }: { runs: readonly TaskRun[]; side: string }) {
  if (runs.length === 0) return <span className={tones.quiet}>no run</span>;
  return (
    <span className={own.runs}>
      {runs.slice(0, MOST).map((run) => {
        const { icon: Icon, word, tone } = LOOKS[run.outcome];
        const error = run.errorType === undefined ? '' : ` (${plainLine(run.errorType)})`;
        return (
          <Link
            key={run.runId}
            className={own.run}
            to={{ page: 'run', runId: run.runId, tab: 'timeline' }}
            title={`${plainLine(run.runId)}\n${word}${error}`}
            aria-label={`Run ${plainLine(run.runId)} of the ${side}: ${word}${error}`}
          >
            <Icon size={12} strokeWidth={2.5} className={tones[tone]} aria-hidden="true" />
            {runs.length === 1 && word}
          </Link>
        );
      })}
      {runs.length > MOST && <span className={tones.quiet}>and {runs.length - MOST} more</span>}
    </span>
  );
}

import type { RunStatus } from '@tacho/trace/model/run';
import {
  Ban,
  Check,
  CircleDashed,
  CircleSlash,
  Hourglass,
  LoaderCircle,
  type LucideIcon,
  SkipForward,
  X,
} from 'lucide-react';
import css from './status.module.css';

/** Everything that runs, agents and spans can be, with the icon and word for it: never colour alone. */
export type AnyStatus =
  | RunStatus
  | 'done'
  | 'queued'
  | 'stalled'
  | 'cancelled'
  | 'skipped'
  | 'failed'
  | 'planned'
  | 'unset'
  | 'torn';

const LOOKS: Record<AnyStatus, { icon: LucideIcon; word: string; tone: string }> = {
  running: { icon: LoaderCircle, word: 'running', tone: 'running' },
  ok: { icon: Check, word: 'ok', tone: 'ok' },
  done: { icon: Check, word: 'done', tone: 'ok' },
  unset: { icon: Check, word: 'ended', tone: 'quiet' },
  error: { icon: X, word: 'error', tone: 'error' },
  failed: { icon: X, word: 'failed', tone: 'error' },
  interrupted: { icon: CircleSlash, word: 'interrupted', tone: 'warn' },
  torn: { icon: CircleSlash, word: 'torn off', tone: 'warn' },
  stalled: { icon: Hourglass, word: 'stalled', tone: 'warn' },
  queued: { icon: CircleDashed, word: 'queued', tone: 'quiet' },
  planned: { icon: CircleDashed, word: 'planned', tone: 'quiet' },
  cancelled: { icon: Ban, word: 'cancelled', tone: 'quiet' },
  skipped: { icon: SkipForward, word: 'skipped', tone: 'quiet' },
};

/** The word for a status, where its icon and colour stand elsewhere. */
export const statusWord = (status: AnyStatus): string => LOOKS[status].word;

export function StatusIcon({ status, size = 13 }: { status: AnyStatus; size?: number }) {
  const look = LOOKS[status];
  return (
    <look.icon
      size={size}
      strokeWidth={2.5}
      className={`${css.icon} ${css[look.tone]} ${status === 'running' ? css.turning : ''}`}
      aria-hidden="true"
    />
  );
}

export function StatusWord({ status }: { status: AnyStatus }) {
  const look = LOOKS[status];
  return (
    <span className={`${css.status} ${css[look.tone]}`}>
      <StatusIcon status={status} />
      {look.word}
    </span>
  );
}

import type { TaskResult } from '@tacho/trace/analysis/compare/task-comparison';
import type { Verdict } from '@tacho/trace/analysis/compare/verdict';
import { CircleCheck, CircleDashed, Equal, type LucideIcon, TriangleAlert } from 'lucide-react';
import tones from '../status.module.css';
import css from './compare.module.css';

type Look = { icon: LucideIcon; tone: 'ok' | 'error' | 'quiet' | 'warn' };

/** Verdicts on a metric and results of a task, with an icon for each: never colour alone. */
const LOOKS: Readonly<Record<Verdict | TaskResult, Look>> = {
  improved: { icon: CircleCheck, tone: 'ok' },
  regressed: { icon: TriangleAlert, tone: 'error' },
  'no detectable difference': { icon: Equal, tone: 'quiet' },
  tied: { icon: Equal, tone: 'quiet' },
  'too little data': { icon: CircleDashed, tone: 'warn' },
  insufficient: { icon: CircleDashed, tone: 'warn' },
};

export const toneOf = (of: Verdict | TaskResult): Look['tone'] => LOOKS[of].tone;

export function VerdictIcon({ of, size = 14 }: { of: Verdict | TaskResult; size?: number }) {
  const { icon: Icon, tone } = LOOKS[of];
  return (
    <Icon size={size} strokeWidth={2.25} className={`${tones.icon} ${tones[tone]}`} aria-hidden="true" />
  );
}

export function VerdictWord({ of }: { of: Verdict | TaskResult }) {
  return (
    <span className={css.word}>
      <VerdictIcon of={of} size={13} />
      <span className={tones[LOOKS[of].tone]}>{of}</span>
    </span>
  );
}

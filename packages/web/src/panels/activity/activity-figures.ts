import type { ActivityFigures } from '../../api/client.ts';

export const PHASES = [
  { phase: 'comprehension', title: 'Comprehension' },
  { phase: 'navigation', title: 'Navigation' },
  { phase: 'implementation', title: 'Implementation' },
  { phase: 'testing', title: 'Testing' },
  { phase: 'other', title: 'Other' },
] as const;
export type Phase = (typeof PHASES)[number]['phase'];

export type PhaseShare = { phase: Phase; name: string; value: number; share: number };

/** Phases that have any part of the whole; the shares add up to 1. Idle time is nobody's. */
export function phaseShares(figures: ActivityFigures, by: 'actions' | 'seconds' | 'tokens'): PhaseShare[] {
  const amountOf = (phase: Phase): number => {
    if (by === 'tokens') return figures.tokens.by_phase?.[phase] ?? 0;
    return figures.time_allocation[`${phase}_${by}`] ?? 0;
  };
  const values = PHASES.map(({ phase, title }) => ({ phase, name: title, value: amountOf(phase) }));
  const whole = values.reduce((sum, { value }) => sum + value, 0);
  return values.filter(({ value }) => value > 0).map((part) => ({ ...part, share: part.value / whole }));
}

type Figure = {
  name: string;
  unit?: 'seconds' | 'share' | 'ratio' | 'tokens';
  of: (figures: ActivityFigures) => number | boolean | null | undefined;
};

/** Figures in the order in which a person asks. What is unknown is a dash. */
export const FIGURES: readonly { title: string; figures: readonly Figure[] }[] = [
  {
    title: 'Finding the way',
    figures: [
      { name: 'Files read', of: ({ navigation }) => navigation.unique_files_read },
      { name: 'Files written', of: ({ navigation }) => navigation.unique_files_written },
      {
        name: 'Reads for each write',
        unit: 'ratio',
        of: ({ navigation }) => navigation.navigation_efficiency,
      },
      { name: 'Read again', unit: 'share', of: ({ navigation }) => navigation.reread_ratio },
      { name: 'MCP searches', of: (figures) => figures.tool_usage.mcp_searches },
    ],
  },
  {
    title: 'Changing',
    figures: [
      { name: 'Edits', of: ({ implementation }) => implementation.edit_operations },
      {
        name: 'Edits that worked',
        unit: 'share',
        of: ({ implementation }) => implementation.edit_success_rate,
      },
      { name: 'Lines added', of: ({ implementation }) => implementation.lines_added },
      { name: 'Lines removed', of: ({ implementation }) => implementation.lines_removed },
      { name: 'Reverts', of: ({ implementation }) => implementation.reverts },
      {
        name: 'Until the first edit',
        unit: 'seconds',
        of: (figures) => figures.time_allocation.time_to_first_edit,
      },
    ],
  },
  {
    title: 'Testing',
    figures: [
      { name: 'Test runs', of: (figures) => figures.build_test.test_runs },
      { name: 'Passed', of: (figures) => figures.build_test.test_passes },
      { name: 'Failed', of: (figures) => figures.build_test.test_failures },
      { name: 'Runs to the first pass', of: (figures) => figures.build_test.cycles_to_success },
      { name: 'Builds', of: (figures) => figures.build_test.build_attempts },
      {
        name: 'Waiting for them',
        unit: 'seconds',
        of: (figures) => figures.build_test.time_in_feedback_loop,
      },
    ],
  },
  {
    title: 'Keeping at it',
    figures: [
      { name: 'Moves between files', of: (figures) => figures.context_switching.file_switches },
      { name: 'Within 30 s', of: (figures) => figures.context_switching.rapid_switches },
      { name: 'Thrashing', of: (figures) => figures.context_switching.thrashing_detected },
      { name: 'Thinking', unit: 'seconds', of: (figures) => figures.time_allocation.thinking_seconds },
      { name: 'Errors', of: ({ errors }) => errors.total_errors },
      { name: 'Resolved', unit: 'share', of: ({ errors }) => errors.resolution_rate },
    ],
  },
];

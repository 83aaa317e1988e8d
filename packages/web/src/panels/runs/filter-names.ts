import type { RunFilters } from '../../state/url.ts';
import { fullTime } from '../../ui/format.ts';

/** Every filter and its name on the page. */
export const FILTER_NAMES = [
  { name: 'status', title: 'Status' },
  { name: 'session', title: 'Session' },
  { name: 'project', title: 'Project' },
  { name: 'taskType', title: 'Task type' },
  { name: 'agent', title: 'Agent' },
  { name: 'model', title: 'Model' },
  { name: 'label', title: 'Label' },
  { name: 'minScore', title: 'Score from' },
  { name: 'maxScore', title: 'Score to' },
  { name: 'fromUs', title: 'Since' },
  { name: 'toUs', title: 'Until' },
] as const satisfies readonly { name: keyof RunFilters; title: string }[];

/** A filter's value as people read it. */
export function filterText(name: keyof RunFilters, filters: RunFilters): string {
  const value = filters[name];
  return typeof value === 'number' && (name === 'fromUs' || name === 'toUs')
    ? fullTime(value).slice(0, 16)
    : String(value ?? '');
}

/** Local time as a date field has it, `2026-11-20T14:32`, and back to µs. */
export function fieldFromUs(us: number | undefined): string {
  return us === undefined ? '' : fullTime(us).slice(0, 16).replace(' ', 'T');
}
export function usFromField(text: string): number | undefined {
  const ms = text === '' ? Number.NaN : new Date(text).getTime();
  return Number.isNaN(ms) ? undefined : ms * 1000;
}

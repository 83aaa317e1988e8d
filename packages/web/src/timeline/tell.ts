import { endAt } from '@tacho/trace/analysis/extent';
import { kindAt, type SpanColumns, statusAt, textAt } from '@tacho/trace/model/columns';
import { compact, counted, duration, money } from '../ui/format.ts';
import { stallText } from './notes.ts';
import { tickLabel } from './ruler.ts';
import type { Scene } from './scene.ts';

export type SpanTelling = {
  readonly name: string;
  readonly kind: string;
  /** `done`, `error`, `running`, `torn off`, `cancelled`. */
  readonly status: string;
  readonly error: string;
  readonly stall: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
};

/** What the tooltip says of a span. */
export function tellSpan(scene: Scene, no: number, openEndUs: number): SpanTelling {
  const { columns } = scene;
  const startUs = columns.startUs[no]!;
  const spent = duration(endAt(columns, no, openEndUs) - startUs);
  const firstUs = columns.firstTokenUs[no]!;
  const facts: [string, string][] = [
    ['start', tickLabel(startUs - scene.extent.fromUs, 1e5)],
    [open(columns, no) ? 'so far' : 'duration', spent],
  ];
  if (!Number.isNaN(firstUs)) facts.push(['first token', duration(firstUs - startUs)]);
  const model = textAt(columns, 'model', no);
  const tool = textAt(columns, 'tool', no);
  if (model !== '') facts.push(['model', model]);
  if (tool !== '' && tool !== textAt(columns, 'name', no)) facts.push(['tool', tool]);
  if (columns.tokens[no]! > 0) facts.push(['tokens', compact(columns.tokens[no]!)]);
  if (!Number.isNaN(columns.costUsd[no]!)) facts.push(['cost', money(columns.costUsd[no]!)]);
  const stall = scene.stalls.get(no);
  return {
    name: textAt(columns, 'name', no),
    kind: textAt(columns, 'role', no) || kindAt(columns, no),
    status: statusWord(scene, no),
    error: textAt(columns, 'error', no),
    stall: stall
      ? stallText({ ...stall, silentUs: stall.silentUs + Math.max(0, openEndUs - scene.lastUs) })
      : '',
    facts,
  };
}

function open(columns: SpanColumns, no: number): boolean {
  return Number.isNaN(columns.endUs[no]!);
}

function statusWord(scene: Scene, no: number): string {
  const status = statusAt(scene.columns, no);
  if (status === 'error' || status === 'cancelled') return status;
  if (open(scene.columns, no)) return scene.live ? 'running' : 'torn off';
  return 'done';
}

/** One sentence for a screen reader. */
export function announce(scene: Scene, no: number | null, openEndUs: number): string {
  if (no === null || no >= scene.columns.count) return '';
  const told = tellSpan(scene, no, openEndUs);
  const lane = scene.layout.lanes[scene.layout.lane[no]!]?.name ?? '';
  const facts = told.facts.map(([label, value]) => `${label} ${value}`).join(', ');
  return [`${told.kind} ${told.name}`, `lane ${lane}`, told.status, told.error, told.stall, facts]
    .filter((part) => part !== '')
    .join(', ');
}

/** What the whole picture shows, as its name. Without figures that change all the time: they would be read out. */
export function describeScene(scene: Scene | undefined): string {
  if (!scene) return 'Timeline';
  const { lanes } = scene.layout;
  const failed = scene.laneState.filter((state) => state === 'error').length;
  const spent = scene.live ? 'live' : `over ${duration(scene.extent.toUs - scene.extent.fromUs)}`;
  const outcome = failed === 0 ? '' : `, ${failed} failed`;
  return `Timeline: ${counted(lanes.length, 'lane')}, ${spent}${outcome}. Arrow keys move between spans.`;
}

import { asCount, type JsonObject } from './json.ts';
import { firstLine } from './short-text.ts';

/** What the programs of a stage used, as whoever ran them measured it. Null: not known; a figure of 0 was measured. */
export type StageUse = {
  /** µs of the processor, of the whole process tree and over all attempts. */
  cpuUserUs: number | null;
  cpuSystemUs: number | null;
  /** The largest of its processes at its largest. */
  maxRssBytes: number | null;
  /** The most that all its processes were seen to hold at one moment. */
  peakTreeRssBytes: number | null;
  /** How often it was tried, where once was not enough. */
  attempts?: number;
  /** Why it was given up or never begun: the first line, at most 200 characters. */
  reason?: string;
};

/** What a stage says of itself in the attributes of `tacho exec` and `tacho pipeline`; undefined where it says nothing. */
export function stageUseOf(span: { status: string; attributes?: JsonObject }): StageUse | undefined {
  const { attributes } = span;
  if (attributes === undefined) return undefined;
  const attempts = asCount(attributes.attempts) ?? 0;
  const reason = span.status === 'cancelled' ? lineOf(attributes.reason) : undefined;
  const use: StageUse = {
    cpuUserUs: microseconds(attributes.cpu_user_s),
    cpuSystemUs: microseconds(attributes.cpu_system_s),
    maxRssBytes: asCount(attributes.max_rss_bytes) ?? null,
    peakTreeRssBytes: asCount(attributes.peak_tree_rss_bytes) ?? null,
    ...(attempts > 1 && { attempts }),
    ...(reason !== undefined && { reason }),
  };
  return Object.values(use).some((value) => value !== null) ? use : undefined;
}

/** User and system time together; null while either is unknown: half a figure would pass for the whole. */
export function cpuOf(use: StageUse | undefined): number | null {
  if (use === undefined || use.cpuUserUs === null || use.cpuSystemUs === null) return null;
  return use.cpuUserUs + use.cpuSystemUs;
}

/** The most memory that is known of: of all processes at one moment, else of the largest. */
export function peakMemoryOf(use: StageUse | undefined): number | null {
  return use?.peakTreeRssBytes ?? use?.maxRssBytes ?? null;
}

function microseconds(seconds: unknown): number | null {
  return typeof seconds === 'number' ? (asCount(seconds * 1e6) ?? null) : null;
}

function lineOf(text: unknown): string | undefined {
  if (typeof text !== 'string') return undefined;
  return firstLine(text, 200) || undefined;
}

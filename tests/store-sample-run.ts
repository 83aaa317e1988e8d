import { emptyRun, headerOf } from '@tacho/trace/model/fold';
import type { Run, RunHeader } from '@tacho/trace/model/run';
import type { Span } from '@tacho/trace/model/span';
import type { RunSummary } from '@tacho/trace/model/summary';
import type { Store } from '../packages/app/src/store/store.ts';

/** A summary as the analysis would make it, with what a test wants to see in it. */
export function summaryFor(header: RunHeader, more: Partial<RunSummary> = {}): RunSummary {
  return {
    ...header,
    spans: 0,
    openSpans: 0,
    errors: 0,
    toolCalls: 0,
    llmCalls: 0,
    agents: { total: 0, running: 0, done: 0, failed: 0 },
    models: [],
    tokens: 0,
    rounds: 0,
    leverage: null,
    durationUs: 0,
    ...more,
  };
}

/** The header of a run of which no more is known than what a test says. */
export function headerFor(runId: string, more: Partial<RunHeader> = {}): RunHeader {
  return { ...headerOf(emptyRun(runId)), ...more };
}

const numbered = (spans: readonly Span[]): { no: number; span: Span }[] =>
  spans.map((span, no) => ({ no, span }));

/** Puts a run with all its spans. */
export async function putWhole(store: Store, run: Run): Promise<void> {
  await store.write(async (writer) => {
    await writer.putSpans(run.runId, numbered(run.spans));
    await writer.putRun(headerOf(run), summaryFor(headerOf(run)));
  });
}

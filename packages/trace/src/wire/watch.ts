import type { OpenWork, PastSilence } from '../model/open-work.ts';
import type { RunSummary } from '../model/summary.ts';

/** Answer to `GET /api/runs/{runId}/watch`: what a run is doing now. */
export type WatchAnswer = {
  run: RunSummary;
  /** When this was so, by the server's clock. */
  nowUs: number;
  /** The innermost open spans, the worst first. */
  open: OpenWork[];
  /** Work that was silent for much longer than its like and went on, the longest silence first. */
  past: PastSilence[];
  /** Calls of a tool with the very same arguments, three times or more; the newest of them by `spanId`. */
  repeats: { spanId: string; firstSpanId: string; name: string; tool: string; times: number }[];
};

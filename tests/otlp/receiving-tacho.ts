import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTacho, type Tacho } from '../../packages/app/src/server/open.ts';
import { foldRun } from '../../packages/trace/src/model/fold.ts';
import type { TraceRecord } from '../../packages/trace/src/model/record.ts';
import type { Run } from '../../packages/trace/src/model/run.ts';
import type { Span } from '../../packages/trace/src/model/span.ts';
import type { RunList, RunSummary } from '../../packages/trace/src/wire/runs.ts';
import { until } from '../server-process.ts';

/** A Tacho that listens for OTLP over HTTP and gRPC, with a store of its own. */
export type ReceivingTacho = {
  tacho: Tacho;
  url: string;
  grpc: string;
  /** All runs, newest first. */
  runs(): Promise<RunSummary[]>;
  /** A run as it is stored, payloads and all. */
  run(runId: string): Promise<Run>;
  /** The run of this root, with what was counted of all its spans. */
  named(root: string): Promise<CountedRun>;
  counted(runId: string): Promise<CountedRun>;
  close(): Promise<void>;
};

export type CountedRun = Run & { summary: RunSummary };

export async function receivingTacho(options: { token?: string } = {}): Promise<ReceivingTacho> {
  const home = mkdtempSync(join(tmpdir(), 'tacho-otlp-'));
  const tacho = await openTacho({ home, ...options });
  const { url } = await tacho.listen({ port: 0, host: '127.0.0.1' });
  const { address } = await tacho.listenGrpc({ port: 0, host: '127.0.0.1' });
  const headers: Record<string, string> = options.token ? { authorization: `Bearer ${options.token}` } : {};
  const get = (path: string): Promise<Response> => fetch(`${url}${path}`, { headers });
  const runs = async (): Promise<RunSummary[]> =>
    ((await (await get('/api/runs?limit=1000')).json()) as RunList).runs;
  const run = async (runId: string): Promise<Run> => {
    const text = await (await get(`/api/runs/${runId}/export?format=telemetry`)).text();
    return foldRun(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as TraceRecord),
    );
  };
  // What comes in quick succession is counted a little later.
  const counted = (runId: string): Promise<CountedRun> =>
    until(async () => {
      const [found, summary] = [await run(runId), (await runs()).find((each) => each.runId === runId)];
      return summary !== undefined && summary.spans === found.spans.length && { ...found, summary };
    }, 10_000);
  return {
    tacho,
    url,
    grpc: address,
    runs,
    run,
    counted,
    async named(root) {
      for (const { runId } of await runs()) {
        const found = await run(runId);
        if (found.spans.some((span) => span.name === root && span.parentId === undefined))
          return await counted(runId);
      }
      throw new Error(`No run has the root "${root}": ${(await runs()).map(({ name }) => name).join(', ')}.`);
    },
    async close() {
      await tacho.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The only span for which `is` holds. */
export function only(run: Run, is: (span: Span) => boolean): Span {
  const found = run.spans.filter(is);
  if (found.length !== 1) {
    const all = run.spans.map(({ name, kind }) => `${kind} ${name}`).join(', ');
    throw new Error(`Expected one span, found ${found.length} among: ${all}.`);
  }
  return found[0]!;
}

export function parentOf(run: Run, span: Span): Span | undefined {
  return run.spans.find(({ spanId }) => spanId === span.parentId);
}

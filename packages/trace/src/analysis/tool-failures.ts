import type { Span } from '../model/span.ts';
import { failureKindOf } from './activity/failure-kinds.ts';
import { resultText } from './activity/result-text.ts';
import { tellingLine } from './activity/telling-line.ts';
import { toolNameOf } from './tool-purpose.ts';

/** A call that failed, as an example of others. */
export type FailureExample = { spanId: string; tool: string; type: string; message: string };

export type FailureAnalysis = {
  total: number;
  /** Share of all calls, 0 to 1; null without calls. */
  rate: number | null;
  /** The most frequent first, each with its first failure. */
  byType: { type: string; failures: number; share: number; example: FailureExample }[];
  /** `rate` is the share of the tool's own calls. */
  byTool: { tool: string; failures: number; calls: number; rate: number; example: FailureExample }[];
};

type Group = { failures: number; example: FailureExample };

/** Takes in the calls that failed. */
export class FailureTally {
  readonly #byType = new Map<string, Group>();
  readonly #byTool = new Map<string, Group>();
  #total = 0;

  add(span: Span): void {
    this.#total++;
    const tool = toolNameOf(span);
    const type = failureTypeOf(span);
    for (const [groups, name] of [
      [this.#byType, type],
      [this.#byTool, tool],
    ] as const) {
      const group = groups.get(name);
      if (group !== undefined) group.failures++;
      else groups.set(name, { failures: 1, example: exampleOf(span, tool, type) });
    }
  }

  /** `callsOf` says how often a tool was called, failed or not. */
  analysis(calls: number, callsOf: (tool: string) => number): FailureAnalysis {
    const total = this.#total;
    return {
      total,
      rate: calls === 0 ? null : total / calls,
      byType: ordered(this.#byType).map(([type, group]) => ({
        type,
        failures: group.failures,
        share: group.failures / total,
        example: group.example,
      })),
      byTool: ordered(this.#byTool).map(([tool, group]) => ({
        tool,
        failures: group.failures,
        calls: callsOf(tool),
        rate: group.failures / callsOf(tool),
        example: group.example,
      })),
    };
  }
}

function exampleOf(span: Span, tool: string, type: string): FailureExample {
  return { spanId: span.spanId, tool, type, message: tellingLine(resultText(span)) };
}

function ordered(groups: ReadonlyMap<string, Group>): [string, Group][] {
  return [...groups].sort(([, a], [, b]) => b.failures - a.failures);
}

const EXIT_CODE = /^Exit code:? (-?\d+)/i;

/** What the source calls the error, else the exit code, else what its words tell of. */
function failureTypeOf(span: Span): string {
  const { error, attributes } = span;
  if (error?.type !== undefined) return error.type;
  const code = attributes?.exit_code ?? EXIT_CODE.exec(error?.message ?? '')?.[1];
  if (typeof code === 'number' || typeof code === 'string') return `exit code ${code}`;
  const kind = failureKindOf(resultText(span));
  return kind === 'other' ? 'unknown' : kind;
}

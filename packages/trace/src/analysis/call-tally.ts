import type { JsonValue } from '../model/json.ts';
import type { Span } from '../model/span.ts';
import { allInputTokens } from '../model/usage.ts';
import { usageFrom } from '../model/usage-fields.ts';
import { quantile } from './quantile.ts';

/** What tool calls came to. Times in µs. Every call is one of succeeded, failed, cancelled, open and untold. */
export type CallFigures = {
  calls: number;
  /** Of all calls of the run, 0 to 1. */
  share: number;
  succeeded: number;
  failed: number;
  /** A person refused or stopped them, or the conversation went on without them. */
  cancelled: number;
  /** Without an end: at work, or torn off. */
  open: number;
  /** Over, and nothing says how they went. */
  untold: number;
  /** Of the calls that succeeded or failed, 0 to 1; null without any. */
  successRate: number | null;
  /** Over the calls that have an end; null when none has, or when none took any time: the log has no times. */
  totalUs: number | null;
  meanUs: number | null;
  p50Us: number | null;
  p95Us: number | null;
  p99Us: number | null;
  /** As calls report them; null where none does. What a tool reports is shown with it, and counted nowhere. */
  inputTokens: number | null;
  outputTokens: number | null;
  /** What they took in and gave out, as UTF-8 text or JSON; null where no contents were kept. */
  inputBytes: number | null;
  outputBytes: number | null;
};

/** Adds calls up. */
export class CallTally {
  readonly #durations: number[] = [];
  readonly #counts = { succeeded: 0, failed: 0, cancelled: 0, open: 0, untold: 0 };
  readonly #known = new Map<'inputTokens' | 'outputTokens' | 'inputBytes' | 'outputBytes', number>();
  #calls = 0;

  add(span: Span, sizes: CallSizes): void {
    this.#calls++;
    this.#counts[outcomeOf(span)]++;
    if (span.endUs !== undefined) this.#durations.push(span.endUs - span.startUs);
    for (const name of SIZES) {
      const size = sizes[name];
      if (size !== undefined) this.#known.set(name, (this.#known.get(name) ?? 0) + size);
    }
  }

  get calls(): number {
    return this.#calls;
  }

  /** `all`: the calls of the run, for the share. */
  figures(all: number): CallFigures {
    const { succeeded, failed } = this.#counts;
    const sorted = Float64Array.from(this.#durations).sort();
    const sum = sorted.reduce((before, us) => before + us, 0);
    const totalUs = sum === 0 ? null : sum;
    const at = (share: number): number | null => (totalUs === null ? null : quantile(sorted, share));
    return {
      calls: this.#calls,
      share: this.#calls / Math.max(1, all),
      ...this.#counts,
      successRate: succeeded + failed === 0 ? null : succeeded / (succeeded + failed),
      totalUs,
      meanUs: totalUs === null ? null : totalUs / sorted.length,
      p50Us: at(0.5),
      p95Us: at(0.95),
      p99Us: at(0.99),
      inputTokens: this.#known.get('inputTokens') ?? null,
      outputTokens: this.#known.get('outputTokens') ?? null,
      inputBytes: this.#known.get('inputBytes') ?? null,
      outputBytes: this.#known.get('outputBytes') ?? null,
    };
  }
}

const SIZES = ['inputTokens', 'outputTokens', 'inputBytes', 'outputBytes'] as const;
export type CallSizes = Partial<Record<(typeof SIZES)[number], number>>;

/** Tokens and bytes of a call, as far as they are known. */
export function sizesOf({ usage: own, attributes, inputs, outputs }: Span): CallSizes {
  const sizes: CallSizes = {};
  const usage = own ?? usageFrom(attributes?.reported_usage);
  if (usage !== undefined) {
    sizes.inputTokens = allInputTokens(usage);
    sizes.outputTokens = usage.outputTokens + usage.reasoningTokens;
  }
  if (inputs !== undefined) sizes.inputBytes = bytesOf(inputs);
  if (outputs !== undefined) sizes.outputBytes = bytesOf(outputs);
  return sizes;
}

function outcomeOf({ status, endUs }: Span): 'succeeded' | 'failed' | 'cancelled' | 'open' | 'untold' {
  if (status === 'error') return 'failed';
  if (status === 'cancelled') return 'cancelled';
  // A manifest counts calls, and has no times for them.
  if (status === 'ok') return 'succeeded';
  return endUs === undefined ? 'open' : 'untold';
}

/** Length as UTF-8, without encoding it: results of tools are long. */
function bytesOf(value: JsonValue): number {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  let bytes = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // A pair of surrogates, two units, is four bytes; every other character beyond U+07FF is three.
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}

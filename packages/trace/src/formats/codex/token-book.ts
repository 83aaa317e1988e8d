import { asCount, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { UsageFields } from '../../model/record.ts';

/** Tokens as Codex counts them. Subsets: cached and cache-written are inside `input`, reasoning is inside `output`. */
export type TokenCount = {
  input: number;
  cached: number;
  cacheWrite: number;
  output: number;
  reasoning: number;
  /** The source's own sum, where it gives one. */
  total: number | undefined;
};

const PARTS = ['input', 'cached', 'cacheWrite', 'output', 'reasoning'] as const;

/** A report of tokens in any of the names that generations of Codex use; undefined when it counts nothing. */
export function tokenCountOf(value: JsonValue | undefined): TokenCount | undefined {
  if (!isObject(value)) return undefined;
  const input = first(value, 'input_tokens', 'prompt_tokens', 'prompt');
  const output = first(value, 'output_tokens', 'completion_tokens', 'completion');
  if (input === undefined && output === undefined) return undefined;
  return {
    input: input ?? 0,
    cached: first(value, 'cached_input_tokens', 'cache_read_input_tokens') ?? 0,
    cacheWrite: first(value, 'cache_write_input_tokens') ?? 0,
    output: output ?? 0,
    reasoning: first(value, 'reasoning_output_tokens') ?? 0,
    total: first(value, 'total_tokens'),
  };
}

function first(value: JsonObject, ...names: string[]): number | undefined {
  for (const name of names) {
    const count = asCount(value[name]);
    if (count !== undefined) return count;
  }
  return undefined;
}

/** In disjoint buckets. */
export function usageOf(count: TokenCount): UsageFields {
  const cached = Math.min(count.cached, count.input);
  const written = Math.min(count.cacheWrite, count.input - cached);
  const reasoning = Math.min(count.reasoning, count.output);
  return {
    input_tokens: count.input - cached - written,
    ...(cached > 0 && { cache_read_tokens: cached }),
    ...(written > 0 && { cache_write_tokens: written }),
    output_tokens: count.output - reasoning,
    ...(reasoning > 0 && { reasoning_tokens: reasoning }),
    requests: 1,
  };
}

/** The source's own sum is another than that of its parts. */
export function deviates(count: TokenCount): boolean {
  return count.total !== undefined && count.total !== count.input + count.output;
}

/** The count in one word: the same running total is the same moment, in whatever file it stands. */
export function signatureOf(count: TokenCount): string {
  return PARTS.map((part) => count[part]).join('-');
}

/** Keeps the running totals of a session, and says what each report adds. */
export class TokenBook {
  #before: TokenCount | undefined;

  /**
   * What a call used, by the running total after it and, where there is one, the report of the call alone. Undefined when
   * the total is the one before: Codex repeats it whenever a limit or the context changes. A total that falls was begun
   * anew (another process went on with the session), and the first of a file may count what happened in another: then
   * the call's own report counts.
   */
  add(total: TokenCount, last?: TokenCount): TokenCount | undefined {
    const before = this.#before;
    if (before !== undefined && PARTS.every((part) => total[part] === before[part])) return undefined;
    // A filled-up context is reported as a total without parts: nothing was called.
    if (total.input + total.output === 0) return undefined;
    this.#before = total;
    if (before === undefined || PARTS.some((part) => total[part] < before[part])) return last ?? total;
    const used = { ...total };
    for (const part of PARTS) used[part] -= before[part];
    used.total =
      total.total === undefined || before.total === undefined ? undefined : total.total - before.total;
    return used;
  }
}

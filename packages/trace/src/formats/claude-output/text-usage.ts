import { asCount, asNumber, isObject, type JsonObject } from '../../model/json.ts';
import { salvageLine } from '../lines.ts';
import { isBareUsage, isResult } from './message.ts';

/** Tokens as a log of Claude tells them: input without what came from caches, as Anthropic counts. */
export type ClaudeUsage = {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  model?: string;
  costUsd?: number;
};

const INPUT = /(?:^|[\s,;({])input_tokens\s*[:=]\s*(\d{1,12})\b/i;
const OUTPUT = /(?:^|[\s,;({])output_tokens\s*[:=]\s*(\d{1,12})\b/i;
const CACHE_READ = /(?:^|[\s,;({])cache_read_input_tokens\s*[:=]\s*(\d{1,12})\b/i;
const CACHE_WRITE = /(?:^|[\s,;({])cache_creation_input_tokens\s*[:=]\s*(\d{1,12})\b/i;
const MODEL = /(?:^|[\s,;({])model\s*[:=]\s*["']?([\w.:@/[\]-]{2,100})/i;

/** A line of prose may be megabytes: what is looked for stands at its beginning. */
const LINE_CHARS = 10_000;

/** Usage out of lines of text: `input_tokens: 1234`, `input_tokens=1234, output_tokens=567`, `model: claude-x`. */
export class TextUsage {
  #input: number | undefined;
  #output: number | undefined;
  #read = 0;
  #write = 0;
  #model: string | undefined;

  /** The newest figures count: logs repeat sums that grow. */
  add(line: string): void {
    const text = line.slice(0, LINE_CHARS);
    this.#input = countIn(INPUT, text) ?? this.#input;
    this.#output = countIn(OUTPUT, text) ?? this.#output;
    this.#read = countIn(CACHE_READ, text) ?? this.#read;
    this.#write = countIn(CACHE_WRITE, text) ?? this.#write;
    this.#model = MODEL.exec(text)?.[1] ?? this.#model;
  }

  /** Undefined as long as one of the two counts is missing: a single one occurs in prose. */
  get usage(): ClaudeUsage | undefined {
    if (this.#input === undefined || this.#output === undefined) return undefined;
    return {
      inputTokens: this.#input,
      outputTokens: this.#output,
      cacheReadTokens: this.#read,
      cacheWriteTokens: this.#write,
      ...(this.#model !== undefined && { model: this.#model }),
    };
  }
}

function countIn(pattern: RegExp, text: string): number | undefined {
  const found = pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Usage of a bare API answer or of a result without sums by model. */
export function usageInObject(line: JsonObject): ClaudeUsage | undefined {
  const usage = isObject(line.usage) ? line.usage : {};
  const input = asCount(usage.input_tokens);
  const output = asCount(usage.output_tokens);
  if (input === undefined || output === undefined) return undefined;
  const costUsd = asNumber(line.total_cost_usd);
  return {
    inputTokens: input,
    outputTokens: output,
    cacheReadTokens: asCount(usage.cache_read_input_tokens) ?? 0,
    cacheWriteTokens: asCount(usage.cache_creation_input_tokens) ?? 0,
    ...(typeof line.model === 'string' && line.model !== '' && { model: line.model }),
    ...(costUsd !== undefined && { costUsd }),
  };
}

/** Sums over the models of a result; the model is the one that wrote most. */
function usageInResult(line: JsonObject): ClaudeUsage | undefined {
  if (!isObject(line.modelUsage) || Object.keys(line.modelUsage).length === 0) return usageInObject(line);
  const sum: ClaudeUsage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
  let most = -1;
  for (const [model, used] of Object.entries(line.modelUsage)) {
    if (!isObject(used)) continue;
    const output = asCount(used.outputTokens) ?? 0;
    sum.inputTokens += asCount(used.inputTokens) ?? 0;
    sum.outputTokens += output;
    sum.cacheReadTokens += asCount(used.cacheReadInputTokens) ?? 0;
    sum.cacheWriteTokens += asCount(used.cacheCreationInputTokens) ?? 0;
    if (output > most) sum.model = model;
    most = Math.max(most, output);
  }
  const costUsd = asNumber(line.total_cost_usd);
  return { ...sum, ...(costUsd !== undefined && { costUsd }) };
}

/**
 * Usage in whatever a run of Claude left in a log: the result object anywhere in it, else an answer with usage as JSON, else
 * the text forms. Undefined when it has none of them.
 */
export function claudeUsageIn(text: string): ClaudeUsage | undefined {
  let result: ClaudeUsage | undefined;
  let bare: ClaudeUsage | undefined;
  const lines = new TextUsage();
  const take = (value: unknown): void => {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (!isObject(item)) continue;
      if (isResult(item)) result = usageInResult(item) ?? result;
      else if (isBareUsage(item)) bare = usageInObject(item) ?? bare;
    }
  };
  try {
    take(JSON.parse(text));
  } catch {
    for (const line of text.split('\n')) {
      const brace = line.search(/[[{]/);
      if (brace >= 0) for (const value of salvageLine(line.slice(brace)).values) take(value);
      lines.add(line);
    }
    // Pretty-printed JSON between lines of prose.
    if (result === undefined && bare === undefined) for (const value of blocksIn(text)) take(value);
  }
  return result ?? bare ?? lines.usage;
}

/** JSON objects that begin and end on lines of their own. */
function* blocksIn(text: string): Generator<unknown> {
  for (const { 0: block } of text.matchAll(/^\{\s*\n[\s\S]{0,1000000}?\n\}/gm)) {
    try {
      yield JSON.parse(block);
    } catch {
      // No JSON: prose in braces.
    }
  }
}

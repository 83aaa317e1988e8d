import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

/** What agents read: the sources of this repository. Made-up words compress as no text does. */
function textToRead() {
  const root = new URL('../packages/', import.meta.url);
  return readdirSync(root, { recursive: true })
    .filter((file) => /src.*\.tsx?$/.test(file) && !file.includes('node_modules'))
    .sort()
    .map((file) => readFileSync(new URL(file, root), 'utf8'))
    .join('\n');
}

const TOOLS = ['Read', 'Bash', 'Grep', 'Edit'];
const BASE_US = 1.75e15;

/** Numbers that are the same on every run of the bench. */
function randomFrom(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

/**
 * Spans as a coding agent makes them: agents with 50 calls each, a third of them model calls, the others tools with
 * arguments and results of some hundred characters.
 * @param {number} count
 * @param {{payloads?: boolean, seed?: number}} [options]
 */
export function agentSpans(count, { payloads = true, seed = 7 } = {}) {
  const random = randomFrom(seed);
  const below = (limit) => Math.floor(random() * limit);
  const source = textToRead();
  const prose = (length) => {
    const at = below(source.length - length);
    return source.slice(at, at + length);
  };
  const ids = randomBytes(count * 8).toString('hex');
  const idOf = (no) => ids.slice(no * 16, no * 16 + 16);
  return Array.from({ length: count }, (_, no) => {
    const startUs = BASE_US + no * 1300 + below(1000);
    const agent = no - (no % 50);
    const common = { spanId: idOf(no), startUs, endUs: startUs + below(3e6), status: 'ok' };
    if (no === agent) {
      const parent = no === 0 ? {} : { parentId: idOf(0) };
      const attributes = { depth: no % 7 };
      return {
        no,
        span: { ...common, ...parent, name: `agent-${no / 50}`, kind: 'agent', role: 'worker', attributes },
      };
    }
    if (no % 3 === 0) {
      const usage = {
        inputTokens: below(100),
        cacheReadTokens: below(100_000),
        cacheWriteTokens: below(4000),
        cacheWrite1hTokens: 0,
        outputTokens: below(2000),
        reasoningTokens: 0,
        otherTokens: 0,
        requests: 1,
      };
      const call = {
        name: 'claude-sonnet-4-6',
        kind: 'llm',
        model: 'claude-sonnet-4-6',
        provider: 'anthropic',
        firstTokenUs: startUs + 300_000,
        usage,
        costUsd: below(300_000) / 1e6,
        priceRow: 'anthropic/claude-sonnet-4-6 @ 2026-03-13',
        callKey: `msg_${idOf(no)}|req_${idOf(count - 1 - no)}`,
      };
      const text = payloads && {
        outputs: { role: 'assistant', content: [{ type: 'text', text: prose(150 + below(500)) }] },
      };
      return { no, span: { ...common, parentId: idOf(agent), ...call, ...text } };
    }
    const name = TOOLS[no % 4];
    const data = payloads && {
      inputs: { file_path: `/home/dev/project/src/module-${no % 40}/file-${below(300)}.ts` },
      outputs: random() < 0.2 ? 'ok' : prose(100 + below(700)),
    };
    const tool = { name, callId: `toolu_${idOf(no)}` };
    return { no, span: { ...common, parentId: idOf(agent), name, kind: 'tool', tool, ...data } };
  });
}

/** Bytes of the telemetry.jsonl that such spans come from: a line for the start, one for the end. */
export function jsonlBytes(items) {
  let bytes = 0;
  const line = (record) => {
    bytes += Buffer.byteLength(JSON.stringify(record)) + 1;
  };
  for (const { span } of items) {
    const { spanId, parentId, startUs, endUs, inputs, outputs, usage, name, kind, ...rest } = span;
    line({ ts: startUs / 1e6, event: 'span_start', span_id: spanId, parent: parentId, name, kind, inputs });
    const tokens = usage && {
      input_tokens: usage.inputTokens,
      cache_read_tokens: usage.cacheReadTokens,
      cache_write_tokens: usage.cacheWriteTokens,
      output_tokens: usage.outputTokens,
    };
    const { status, model, provider, callKey, tool, attributes } = rest;
    const end = { status, model, provider, tokens, call_key: callKey, tool, attributes, outputs };
    line({
      ts: endUs / 1e6,
      event: 'span_end',
      span_id: spanId,
      duration_ms: (endUs - startUs) / 1000,
      ...end,
    });
  }
  return bytes;
}

/** A run's header, and a summary to it. */
export function runOf(runId, more = {}) {
  const header = {
    runId,
    name: runId,
    labels: {},
    startUs: BASE_US,
    lastUs: BASE_US,
    status: 'ok',
    scores: [],
    notes: [],
    attributes: {},
    ...more.header,
  };
  const summary = {
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
    ...more.summary,
  };
  return { header, summary };
}

import type { JsonObject, JsonValue } from './json.ts';
import type { Usage } from './usage.ts';

/** The kinds of span, in the order that their one-byte code in columns follows. Append only. */
export const SPAN_KINDS = [
  'task',
  'agent',
  'llm',
  'tool',
  'stage',
  'retrieval',
  'embedding',
  'evaluation',
  'decision',
] as const;
export type SpanKind = (typeof SPAN_KINDS)[number];

/** The outcomes of a span, in the order of their one-byte code in columns. Append only. */
export const SPAN_STATUSES = ['unset', 'ok', 'error', 'cancelled'] as const;
export type SpanStatus = (typeof SPAN_STATUSES)[number];

export type SpanError = { type?: string; message: string; stack?: string };
export type SpanEvent = { name: string; tsUs: number; level?: string; attributes?: JsonObject };
export type SpanLink = {
  type: 'waits_for' | 'follows_from' | 'spawned' | (string & {});
  spanId: string;
  runId?: string;
};
export type SpanTool = { name: string; callId?: string; category?: string };

/** A timed operation. Without `endUs` it is still running, or was torn off. */
export type Span = {
  spanId: string;
  parentId?: string;
  name: string;
  kind: SpanKind;
  /** The source's finer word for the kind (`library-analysis`). */
  role?: string;
  component?: string;
  /** The strip of the timeline it asks for; without it the nearest agent's. */
  lane?: string;
  startUs: number;
  /** No source has said when it started: `startUs` is worked out from an end, an update or what stands around it. */
  startEstimated?: true;
  endUs?: number;
  /** While it is open: its newest update, which may say nothing but that it goes on. */
  updatedUs?: number;
  status: SpanStatus;
  error?: SpanError;
  /** As reported, never rewritten. */
  model?: string;
  provider?: string;
  /** Tokens this span itself used or reports; analysis/ledger decides what of it counts. */
  usage?: Usage;
  /** The output count was written before the call ended: a lower bound. */
  placeholderOutput?: boolean;
  /** Tool uses that the span reports for itself, where its tool spans are not in the stream. */
  toolUses?: number;
  costUsd?: number;
  /** The row of the price table behind `costUsd`. */
  priceRow?: string;
  /** What the source says it cost; kept beside our own figure, never mixed in. */
  reportedCostUsd?: number;
  /** The API call behind this span, `id` or `id|request`: calls with one key count once, across files and runs. */
  callKey?: string;
  /** A copy that loses against any other call with the same id (the part of `callKey` before `|`). */
  replay?: boolean;
  /**
   * No call, but what the source states for all calls of `model` below its parent: counts what they do not explain, and
   * its stated cost is the model's (analysis/stated-totals.ts).
   */
  modelTotal?: true;
  /** The run in which this call was counted first. */
  duplicateOfRun?: string;
  firstTokenUs?: number;
  tool?: SpanTool;
  inputs?: JsonValue;
  outputs?: JsonValue;
  attributes?: JsonObject;
  events?: SpanEvent[];
  links?: SpanLink[];
};

/** Other tools' words for the kinds. A word that is in neither list becomes `task` and is kept as the role. */
const KIND_SYNONYMS: Record<string, SpanKind> = {
  chain: 'task',
  function: 'task',
  step: 'task',
  span: 'task',
  workflow: 'agent',
  subagent: 'agent',
  'sub-agent': 'agent',
  generation: 'llm',
  model: 'llm',
  completion: 'llm',
  chat: 'llm',
  tool_call: 'tool',
  phase: 'stage',
  search: 'retrieval',
  retriever: 'retrieval',
  reranker: 'retrieval',
  eval: 'evaluation',
  evaluator: 'evaluation',
  guardrail: 'evaluation',
};

/** Roles of the first seeds' agents: each subagent invocation is an agent, by whatever word it is called. */
const AGENT_ROLES =
  /(^|[-_ ])(agent|analysis|analyzer|service|documenter|synthesi[sz]er|worker|researcher|planner)$/;

const known = new Set<string>(SPAN_KINDS);

/** A source's word for a kind → our kind, and the word itself as role where it says more. */
export function kindOf(word: string | undefined): { kind: SpanKind; role?: string } {
  if (word === undefined) return { kind: 'task' };
  const lower = word.toLowerCase();
  if (known.has(lower)) return { kind: lower as SpanKind };
  const synonym = KIND_SYNONYMS[lower];
  if (synonym !== undefined && Object.hasOwn(KIND_SYNONYMS, lower)) return { kind: synonym, role: word };
  return { kind: AGENT_ROLES.test(lower) ? 'agent' : 'task', role: word };
}

const STATUS_WORDS: Record<string, SpanStatus> = {
  unset: 'unset',
  running: 'unset',
  ok: 'ok',
  success: 'ok',
  succeeded: 'ok',
  completed: 'ok',
  complete: 'ok',
  done: 'ok',
  pass: 'ok',
  passed: 'ok',
  error: 'error',
  failed: 'error',
  failure: 'error',
  fail: 'error',
  timeout: 'error',
  cancelled: 'cancelled',
  canceled: 'cancelled',
  aborted: 'cancelled',
  skipped: 'cancelled',
  interrupted: 'cancelled',
};

/** A source's word for an outcome → ours; undefined for a word nobody knows. */
export function statusOf(word: string | undefined): SpanStatus | undefined {
  if (word === undefined) return undefined;
  const lower = word.toLowerCase();
  return Object.hasOwn(STATUS_WORDS, lower) ? STATUS_WORDS[lower] : undefined;
}

import { treeOf } from '../../analysis/tree.ts';
import { columnsOf } from '../../model/columns.ts';
import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { usToIso } from '../../model/time.ts';
import type { Usage } from '../../model/usage.ts';
import { contentText } from '../excerpt.ts';
import { OWN } from './restoration.ts';

/** The latest time that a Date can hold, in microseconds. */
const LAST_US = 8.64e18;

export function allInput(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.cacheWrite1hTokens;
}

export function allOutput(usage: Usage): number {
  return usage.outputTokens + usage.reasoningTokens;
}

/** Spans as steps: those of each agent in the order of their beginning. */
export class StepWriter {
  /** The agent whose trajectory the file is: the first that nothing is above; -1 when the run has none. */
  readonly main: number = -1;
  /** Agents that have a trajectory of their own, inside the main one. */
  readonly subagents: number[] = [];
  /** Steps that were written. */
  count = 0;
  readonly #run: Run;
  readonly #records: readonly JsonObject[][];
  /** Spans by the agent that they are told under. */
  readonly #owned = new Map<number, number[]>();
  /** Tools by the call that asked for them. */
  readonly #tools = new Map<number, number[]>();

  constructor(run: Run, records: readonly JsonObject[][]) {
    this.#run = run;
    this.#records = records;
    const columns = columnsOf(run);
    const tree = treeOf(columns);
    const isAgent = (no: number): boolean => run.spans[no]!.kind === 'agent';
    const owner = new Int32Array(run.spans.length).fill(-1);
    for (let at = 0; at < run.spans.length; at++) {
      const no = tree.order[at]!;
      const up = tree.parent[no]!;
      if (up >= 0) owner[no] = isAgent(up) ? up : owner[up]!;
      else if (isAgent(no) && this.main < 0) this.main = no;
      if (isAgent(no) && no !== this.main) this.subagents.push(no);
    }
    const byId = new Map(run.spans.map((span, no) => [span.spanId, no] as const));
    run.spans.forEach((span, no) => {
      if (no === this.main) return;
      const asking = span.kind === 'tool' ? this.#askedBy(span, byId) : undefined;
      if (asking !== undefined && owner[asking] === owner[no]) put(this.#tools, asking, no);
      else put(this.#owned, owner[no]! < 0 ? this.main : owner[no]!, no);
    });
  }

  #askedBy(span: Span, byId: ReadonlyMap<string, number>): number | undefined {
    for (const { type, spanId } of span.links ?? []) {
      const no = type === 'follows_from' ? byId.get(spanId) : undefined;
      if (no !== undefined && this.#run.spans[no]!.kind === 'llm') return no;
    }
    return undefined;
  }

  /** The steps of an agent. A trajectory has at least one. */
  *of(agent: number): Generator<JsonObject, void, undefined> {
    const { spans } = this.#run;
    const owned = (this.#owned.get(agent) ?? []).sort(
      (a, b) => spans[a]!.startUs - spans[b]!.startUs || a - b,
    );
    let id = 0;
    for (const no of owned) {
      this.count++;
      yield { step_id: ++id, ...this.#step(no) };
    }
    if (id > 0) return;
    this.count++;
    yield {
      step_id: 1,
      source: 'system',
      message: spans[agent]?.name ?? this.#run.name,
      extra: { [OWN]: {} },
    };
  }

  /** What is kept of a span beside ATIF's own words; payloads that stand in them are not repeated. */
  own(
    no: number,
    payloads: { inputs?: JsonValue | undefined; outputs?: JsonValue | undefined } = {},
  ): JsonObject {
    const records = this.#records[no] ?? [];
    const [first, ...rest] = records;
    const elsewhere = (['inputs', 'outputs'] as const).filter(
      (field) => payloads[field] !== undefined && first?.[field] === payloads[field],
    );
    if (first === undefined || elsewhere.length === 0) return { no, records };
    const bare = { ...first };
    for (const field of elsewhere) delete bare[field];
    return { no, records: [bare, ...rest], elsewhere };
  }

  #step(no: number): JsonObject {
    const span = this.#run.spans[no]!;
    if (span.kind === 'llm') return this.#modelCall(span, no);
    // A tool that no call asked for is a step that no model made.
    if (span.kind === 'tool')
      return {
        ...timestamp(span.startUs),
        source: 'agent',
        message: '',
        llm_call_count: 0,
        ...this.#toolCalls([no]),
        extra: { [OWN]: {} },
      };
    if (span.role === 'turn' && span.inputs !== undefined) {
      const message = textOf(span.inputs);
      return {
        ...timestamp(span.startUs),
        source: 'user',
        message,
        extra: { [OWN]: this.own(no, { inputs: message }) },
      };
    }
    const isAgent = span.kind === 'agent';
    return {
      ...timestamp(span.startUs),
      source: 'system',
      message: span.name,
      ...(isAgent && {
        observation: { results: [{ subagent_trajectory_ref: [{ trajectory_id: span.spanId }] }] },
      }),
      // Agents are told by their own trajectories.
      extra: { [OWN]: isAgent ? {} : this.own(no) },
    };
  }

  #modelCall(span: Span, no: number): JsonObject {
    const { message, reasoning } = answerOf(span.outputs);
    const effort = span.attributes?.effort;
    return {
      ...timestamp(span.endUs ?? span.startUs),
      source: 'agent',
      ...(span.model !== undefined && { model_name: span.model }),
      ...(typeof effort === 'string' && { reasoning_effort: effort }),
      message,
      ...(reasoning !== '' && { reasoning_content: reasoning }),
      ...this.#toolCalls(this.#tools.get(no) ?? []),
      ...(span.usage !== undefined && {
        metrics: metricsOf(span, span.usage),
        llm_call_count: span.usage.requests,
      }),
      extra: { [OWN]: this.own(no, { outputs: message }) },
    };
  }

  #toolCalls(numbers: readonly number[]): JsonObject {
    if (numbers.length === 0) return {};
    const calls: JsonObject[] = [];
    const results: JsonObject[] = [];
    const used = new Set<string>();
    for (const no of numbers) {
      const { tool, name, inputs, outputs, error, spanId } = this.#run.spans[no]!;
      // Results name their call by its id, which must be one of the step's.
      const id = tool?.callId !== undefined && !used.has(tool.callId) ? tool.callId : spanId;
      used.add(id);
      const content = outputs === undefined ? error?.message : textOf(outputs);
      calls.push({
        tool_call_id: id,
        function_name: tool?.name ?? name,
        arguments: isObject(inputs)
          ? inputs
          : inputs === undefined || inputs === null
            ? {}
            : { input: inputs },
        extra: { [OWN]: this.own(no, { inputs: isObject(inputs) ? inputs : undefined, outputs: content }) },
      });
      if (content !== undefined) results.push({ source_call_id: id, content });
    }
    return { tool_calls: calls, ...(results.length > 0 && { observation: { results } }) };
  }
}

function put(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

function timestamp(us: number): JsonObject {
  return us > 0 && us <= LAST_US ? { timestamp: usToIso(us) } : {};
}

/** A payload in one text: its own, or its JSON. */
function textOf(value: JsonValue): string {
  return typeof value === 'string'
    ? value
    : contentText(value) || (value === null ? '' : JSON.stringify(value));
}

/** What a model said, and what it thought. */
function answerOf(outputs: JsonValue | undefined): { message: string; reasoning: string } {
  if (!Array.isArray(outputs))
    return { message: outputs === undefined ? '' : textOf(outputs), reasoning: '' };
  const thoughts: string[] = [];
  const said: JsonValue[] = [];
  for (const block of outputs) {
    if (!isObject(block) || block.type === 'text') said.push(block);
    else if (typeof block.thinking === 'string') thoughts.push(block.thinking);
  }
  return { message: contentText(said), reasoning: thoughts.join('\n\n') };
}

function metricsOf(span: Span, usage: Usage): JsonObject {
  const cost = span.costUsd ?? span.reportedCostUsd;
  const written = usage.cacheWriteTokens + usage.cacheWrite1hTokens;
  const extra: JsonObject = {
    ...(usage.reasoningTokens > 0 && { reasoning_tokens: usage.reasoningTokens }),
    ...(written > 0 && { cache_creation_input_tokens: written }),
    ...(usage.cacheWrite1hTokens > 0 && {
      cache_creation: {
        ephemeral_5m_input_tokens: usage.cacheWriteTokens,
        ephemeral_1h_input_tokens: usage.cacheWrite1hTokens,
      },
    }),
    ...(usage.otherTokens > 0 && { other_tokens: usage.otherTokens }),
  };
  return {
    prompt_tokens: allInput(usage),
    completion_tokens: allOutput(usage),
    cached_tokens: usage.cacheReadTokens,
    ...(cost !== undefined && { cost_usd: cost }),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

import { isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { kindOf } from '../../model/span.ts';
import { usToSeconds } from '../../model/time.ts';
import { callIdIn } from './call-id.ts';
import type { Slots } from './dialects/slots.ts';
import type { RuleTable } from './dialects/table.ts';
import { usageOf } from './usage.ts';

/** What a span is: the word of a dialect that knows it, else what its attributes make likely, else its name. */
function putKind(record: JsonObject, slots: Slots, table: RuleTable, name: string): void {
  const known = slots.get('kind');
  const word = slots.text('kindWord');
  if (isObject(known)) {
    record.kind = known.kind;
    if (known.role !== undefined) record.role = known.role;
    slots.use('kind');
    return;
  }
  const guess = slots.get('guess');
  const likely = isObject(guess) ? guess : word === undefined ? table.byName(name) : kindOf(word);
  record.kind = likely?.kind ?? 'task';
  const role = word ?? likely?.role;
  if (role !== undefined) record.role = role;
  slots.use('kindWord');
}

/** Spans of these kinds are calls of a model: what answers them has an id, by which a call counts once. */
const CALLS = new Set<JsonValue | undefined>(['llm', 'embedding', 'retrieval']);

/** What the attributes say of a span, as fields of its record. True when its own total of tokens is another sum. */
export function putFields(record: JsonObject, slots: Slots, table: RuleTable, name: string): boolean {
  putKind(record, slots, table, name);
  const deviates = putCall(record, slots);
  if (record.kind === 'tool') putTool(record, slots, name);
  putPayload(record, slots);
  return deviates;
}

function putCall(record: JsonObject, slots: Slots): boolean {
  const answered = slots.text('responseModel');
  const asked = slots.text('requestModel');
  const model = answered ?? asked;
  if (model !== undefined) record.model = model;
  slots.use('responseModel');
  if (asked === model) slots.use('requestModel');
  const provider = slots.text('provider');
  if (provider !== undefined) record.provider = provider;
  slots.use('provider');
  const cost = slots.number('costUsd');
  if (cost !== undefined) record.cost_usd = cost;
  slots.use('costUsd');
  if (CALLS.has(record.kind)) putCallKey(record, slots);
  // An answer that is fetched again was counted when it was made.
  if (record.role === 'fetch_response') return false;
  const counted = usageOf(slots);
  if (counted !== undefined) record.usage = counted.usage;
  return counted?.deviates === true;
}

function putCallKey(record: JsonObject, slots: Slots): void {
  const said = slots.text('responseId');
  const answer = said === undefined && record.kind === 'llm' ? slots.text('answer') : undefined;
  const key = said ?? (answer === undefined ? undefined : callIdIn(answer));
  if (key !== undefined) record.call_key = key;
  slots.use('responseId');
}

/** Names of spans that carry out a tool begin with what they do. */
const TOOL_NAME = /^(?:execute_tool|running tool:?|tools\/call)\s+(?=\S)/;

function putTool(record: JsonObject, slots: Slots, name: string): void {
  const said = slots.text('toolName');
  const entity = slots.text('entityName');
  const called = said ?? entity ?? name.replace(TOOL_NAME, '');
  if (called === '') return;
  const callId = slots.text('toolCallId');
  record.tool = callId === undefined ? { name: called } : { name: called, call_id: callId };
  slots.use('toolName');
  slots.use('toolCallId');
  if (entity === called) slots.use('entityName');
}

function putPayload(record: JsonObject, slots: Slots): void {
  const inputs = slots.get('inputs');
  const system = slots.get('system');
  if (inputs !== undefined) slots.use('inputs');
  if (system !== undefined && (inputs === undefined || Array.isArray(inputs))) {
    record.inputs = [{ role: 'system', content: system }, ...((inputs ?? []) as JsonValue[])];
    slots.use('system');
  } else if (inputs !== undefined) record.inputs = inputs;
  const outputs = slots.get('outputs');
  if (outputs === undefined) return;
  record.outputs = outputs;
  slots.use('outputs');
}

/** When the first token came, in epoch seconds. */
export function firstTokenOf(slots: Slots, startUs: number): number | undefined {
  const ms = slots.number('firstTokenMs');
  const us = ms === undefined ? slots.number('firstTokenAtUs') : startUs + Math.round(ms * 1000);
  return us === undefined ? undefined : usToSeconds(us);
}

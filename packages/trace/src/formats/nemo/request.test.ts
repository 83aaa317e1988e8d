import { describe, expect, test } from 'vitest';
import { readBytes, runsOf } from '../../../../../tests/format-cases.ts';
import { ledgerOf } from '../../analysis/ledger.ts';
import type { JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import { totalTokens } from '../../model/usage.ts';
import { nemo } from './format.ts';

const T0 = 1_790_000_000;

function step(UUID: string, event_type: string, at: number, rest: JsonObject = {}): JsonObject {
  const times = { event_timestamp: T0 + at, span_event_timestamp: T0 + at - 1 };
  return { parent_id: 'root', payload: { UUID, event_type, name: 'beans', ...times, ...rest } };
}

/** An item of an evaluation's `workflow_output.json`, which keeps nothing but ends. */
function item(id: number, uuid: string, question: string): JsonObject {
  const usage_info = { token_usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 } };
  const intermediate_steps = [
    step(`${uuid}-llm`, 'LLM_END', 2, { usage_info, data: { output: 'Water them' } }),
    step(`${uuid}-tool`, 'TOOL_END', 4, { data: { output: 'wet' } }),
  ];
  return { id, question, answer: 'yes', generated_answer: 'Yes.', intermediate_steps };
}

async function recordsOf(document: JsonObject[], name = 'workflow_output.json'): Promise<TraceRecord[]> {
  const { records, refusals } = await readBytes(nemo, Buffer.from(JSON.stringify(document, null, 2)), {
    name,
  });
  expect(refusals).toEqual([]);
  return records;
}

function ofRuns(records: TraceRecord[]): Run[] {
  return [...runsOf(records).values()];
}

describe('an evaluation’s output', () => {
  test('each item is a run, named by its question', async () => {
    const items = [item(1, 'a', 'Do beans drink?'), item(2, 'b', 'Do peas?')];
    const runs = ofRuns(await recordsOf(items));
    expect(runs.map(({ name, task }) => [name, task])).toEqual([
      ['Do beans drink?', 'Do beans drink?'],
      ['Do peas?', 'Do peas?'],
    ]);
    for (const run of runs) {
      expect(totalTokens(ledgerOf(run).usage)).toBe(110);
      expect(run.spans.map(({ kind, startUs, endUs }) => [kind, endUs! - startUs])).toEqual([
        ['llm', 1_000_000],
        ['tool', 1_000_000],
      ]);
      expect(run.attributes).toMatchObject({ generated_answer: 'Yes.' });
    }
  });

  test('the same item of two evaluations is two runs, and of the same one twice it is one', async () => {
    const [monday, tuesday] = [item(1, 'a', 'Do beans drink?'), item(1, 'b', 'Do beans drink?')];
    const twice = [
      ...(await recordsOf([monday])),
      ...(await recordsOf([tuesday])),
      ...(await recordsOf([monday])),
    ];
    expect(ofRuns(twice).map((run) => totalTokens(ledgerOf(run).usage))).toEqual([110, 110]);
  });

  test('what was asked without a step is kept apart as well', async () => {
    const items = ['Do beans drink?', 'Do peas?'].map((question) => ({
      id: 1,
      question,
      intermediate_steps: [],
    }));
    const ids = (await Promise.all(items.map((each) => recordsOf([each]))))
      .flat()
      .map(({ run_id }) => run_id);
    expect(new Set(ids).size).toBe(2);
  });
});

test('requests of two profiles are runs of their own, under the workflow’s name', async () => {
  const profile = (uuid: string): JsonObject => ({
    request_number: 0,
    intermediate_steps: [
      step(uuid, 'WORKFLOW_START', 1),
      step(`${uuid}-llm`, 'LLM_END', 2),
      step(uuid, 'WORKFLOW_END', 3),
    ],
  });
  const name = 'all_requests_profiler_traces.json';
  const records = [...(await recordsOf([profile('a')], name)), ...(await recordsOf([profile('b')], name))];
  expect(ofRuns(records).map((run) => [run.name, run.spans.length])).toEqual([
    ['beans', 2],
    ['beans', 2],
  ]);
});

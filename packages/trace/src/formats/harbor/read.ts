import { asString, type JsonObject, type JsonValue, nestsDeeperThan, putField } from '../../model/json.ts';
import { MAX_DEPTH, type TraceRecord } from '../../model/record.ts';
import type { Input } from '../format.ts';
import { readJsonDocument } from '../json-document.ts';
import { rewardsIn, rewardsName, scoresOf } from './rewards.ts';
import { type HarborShape, harborShape, trialNameOf } from './shape.ts';
import { testRecords } from './tests.ts';
import { configRecords, trialRecords } from './trial.ts';

/** A job has no run of its own: its trials are the runs, and everything it counts is counted from them. */
const JOBS: Partial<Record<HarborShape, string>> = {
  'job-result': 'the result of a whole job: its trials are the runs, import the job’s folder',
  'job-config': 'the configuration of a whole job: its trials are the runs, import the job’s folder',
};

/** Everything Harbor wrote into one file of a trial's folder. Files of one trial have one run: its name is the id. */
export async function* read(input: Input): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  const kind = rewardsName(input.name);
  if (kind !== undefined) {
    const text = await textOf(input);
    const rewards = rewardsIn(kind, text);
    if (rewards) yield named(scoresOf(rewards), input.runId);
    else
      input.refuse({
        line: 1,
        offset: 0,
        reason: 'expected a reward: a number, or an object of numbers',
        text,
      });
    return;
  }
  let damaged = false;
  const documents = new Map<number, JsonObject>();
  const refuse: Input['refuse'] = (refusal) => {
    damaged = true;
    input.refuse(refusal);
  };
  for await (const parts of readJsonDocument({ ...input, refuse }, [])) {
    for (const { document, key, value, place, mended } of parts) {
      damaged ||= mended === true;
      if (nestsDeeperThan(value, MAX_DEPTH - 10)) {
        refuse({
          ...place,
          reason: `the field "${key.slice(0, 60)}" nests deeper than ${MAX_DEPTH - 10} levels`,
        });
        continue;
      }
      const fields = documents.get(document) ?? {};
      documents.set(document, fields);
      putField(fields, key, value as JsonValue);
    }
  }
  for (const fields of documents.values()) {
    const records = recordsOf(fields, !damaged, input);
    if (records.length > 0) yield named(records, trialNameOf(fields) ?? input.runId ?? asString(fields.id));
  }
}

function recordsOf(document: JsonObject, whole: boolean, input: Input): TraceRecord[] {
  const shape = harborShape(document);
  switch (shape) {
    case 'trial-result':
      return trialRecords(document, whole);
    case 'trial-config':
      return configRecords(document);
    case 'tests':
      return testRecords(document);
    default: {
      const reason =
        (shape && JOBS[shape]) ??
        'no document of a Harbor trial: expected its result, its configuration or its tests';
      input.refuse({ line: 1, offset: 0, reason });
      return [];
    }
  }
}

function named(records: readonly TraceRecord[], runId = 'harbor-trial'): TraceRecord[] {
  return records.map((record) => ({ ...record, run_id: runId }));
}

/** Reward files are a few bytes: more than this is none. */
const MOST_CHARS = 65_536;

async function textOf(input: Input): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of input.chunks)
    if (text.length < MOST_CHARS) text += decoder.decode(chunk, { stream: true });
  return (text + decoder.decode()).slice(0, MOST_CHARS);
}

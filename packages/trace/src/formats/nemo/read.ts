import { asString, isObject, type JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import { titleOf } from '../excerpt.ts';
import type { Input } from '../format.ts';
import { readJsonLines } from '../json-lines.ts';
import { type Line, refuseLine } from '../lines.ts';
import { AtofEvents } from './atof.ts';
import { runOfRequest } from './request.ts';
import { isAtof, isRequest, isStep, isWorkflowTrace } from './shapes.ts';
import { Steps } from './steps.ts';
import { workflowRecords } from './workflow-trace.ts';

/** Records of what the toolkit wrote, in any of its shapes; several workflows in one file are several runs. */
export async function* read(input: Input): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  let records: TraceRecord[] = [];
  const stem = input.runId ?? (input.name?.replace(/\.\w+$/, '') || 'nemo');
  const emit = (record: TraceRecord): void => void records.push(record);
  const steps = new Steps(emit, stem);
  const atof = new AtofEvents(emit);
  let traces = 0;

  function take(value: unknown, line: Line): void {
    if (Array.isArray(value)) {
      for (const item of value) if (!Array.isArray(item)) take(item, line);
      return;
    }
    const problem = isObject(value) ? takeObject(value) : 'expected a JSON object';
    if (problem !== undefined) refuseLine(line, input, problem);
  }

  function takeObject(value: JsonObject): string | undefined {
    if (isStep(value)) return steps.read(value);
    if (isAtof(value)) return atof.read(value);
    if (isRequest(value)) return takeRequest(value);
    if (!isWorkflowTrace(value))
      return 'expected an intermediate step (payload with event_type and UUID), an ATOF event, or a trace with workflow_name and tool_calls';
    // The folder's guess names one run.
    for (const record of workflowRecords(value, traces++ === 0 ? input.runId : undefined)) emit(record);
    return undefined;
  }

  function takeRequest(value: JsonObject): string | undefined {
    const request = runOfRequest(stem, value);
    for (const step of value.intermediate_steps as JsonObject[]) {
      const problem = steps.read(step, request);
      if (problem !== undefined) return problem;
    }
    if (request === undefined) return undefined;
    const question = asString(value.question);
    const answer = asString(value.generated_answer);
    emit({
      event: 'run_update',
      run_id: request,
      ...(question !== undefined && { name: titleOf(question), task: question }),
      ...(answer !== undefined && { attributes: { generated_answer: answer } }),
    });
    return undefined;
  }

  for await (const items of readJsonLines(input)) {
    for (const { value, line } of items) take(value, line);
    if (records.length > 0) yield records;
    records = [];
  }
  if (input.live === true) return;
  steps.finish();
  if (records.length > 0) yield records;
}

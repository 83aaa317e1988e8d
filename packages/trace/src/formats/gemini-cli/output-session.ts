import { asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ErrorFields, TraceRecord } from '../../model/record.ts';
import { cutText } from '../../model/short-text.ts';
import { parseTimestamp, usToSeconds } from '../../model/time.ts';
import type { OpenCall } from '../agent-call.ts';
import { AgentScope } from '../agent-scope.ts';
import { contentText, previewOf, printable, titleOf } from '../excerpt.ts';
import { LineCounts } from '../line-counts.ts';
import { RecordBatch } from '../record-batch.ts';
import { STEP_US, TIME_ESTIMATED, UNKNOWN_TIME_US } from '../unknown-time.ts';
import { ROOT } from './conversation.ts';
import { sumsOf, workedMs } from './stats.ts';
import { judged } from './tool-call.ts';

const MOST_CHARS = 2000;

type ReadEvent = (session: OutputSession, event: JsonObject) => void;

const READERS: Record<string, ReadEvent> = {
  init: (session, event) => session.init(event),
  message: (session, event) => session.message(event),
  tool_use: (session, event) => session.useTool(event),
  tool_result: (session, event) => session.closeTool(event),
  error: (session, event) => session.note(event),
  result: (session, event) => session.result(event),
};

/**
 * A session as an output of the CLI tells it: a stream of events, or one report. The session's own file knows its times,
 * its calls and their tokens better: tools have the same ids in both, and sums count what its calls do not explain.
 */
export class OutputSession {
  readonly id: string;
  readonly #batch = new RecordBatch();
  readonly #scope = new AgentScope(this.#batch, ROOT);
  readonly #lines = new LineCounts();
  #nowUs = UNKNOWN_TIME_US;
  /** Some event said when it happened. */
  #timed = false;
  #calls = 0;
  #model: string | undefined;
  /** What the model is saying, delta by delta. */
  #words = '';
  #speaking: OpenCall | undefined;
  #task = false;
  #results = 0;
  #deviations = 0;
  /** The result came: without one, the output was cut off. */
  #over = false;

  constructor(id: string) {
    this.id = id;
    this.#batch.runId = id;
    this.#batch.startsRun = false;
    this.#scope.endsAreSaid = true;
    this.#batch.run({ session_id: id, labels: { agent: 'gemini-cli' } });
  }

  read(event: JsonObject): void {
    const type = asString(event.type) ?? 'untyped';
    this.count(type);
    if (!Object.hasOwn(READERS, type)) return;
    const us = parseTimestamp(event.timestamp);
    if (us !== undefined) this.#timed = true;
    else if (!this.#timed) this.#batch.run({ time_untold: true });
    this.#nowUs = us ?? this.#nowUs + STEP_US;
    if (event.type !== 'message' || event.role !== 'assistant') this.#saySpoken();
    this.#touch();
    READERS[type]!(this, event);
  }

  /** Reads the one object of `--output-format json`. */
  report({ response, stats, error, warnings }: JsonObject): void {
    this.count('report');
    this.#batch.run({ time_untold: true });
    this.#nowUs += STEP_US;
    this.#touch();
    const worked = isObject(stats) ? workedMs(stats) : undefined;
    this.#nowUs += (worked ?? 0) * 1000;
    this.#touch();
    const text = asString(response) ?? '';
    if (warnings !== undefined) this.#batch.span(ROOT, { attributes: { warnings: printable(warnings) } });
    if (text !== '') this.#batch.run({ fallback_name: titleOf(text) });
    this.#end(isObject(stats) ? stats : undefined, errorOf(error), text);
  }

  count(type: string): void {
    this.#lines.add(type);
  }

  take(): readonly TraceRecord[] {
    return this.#batch.take().map((record) => {
      if (record.event !== 'span') return record;
      const { parent, ...rest } = record;
      const guessed = !this.#timed && (record.ts !== undefined || record.end_ts !== undefined);
      return {
        ...(record.kind === 'tool' && parent !== undefined ? { ...rest, fallback_parent: parent } : record),
        estimated: true,
        ...(guessed && { attributes: { ...record.attributes, [TIME_ESTIMATED]: true } }),
      };
    });
  }

  settle(final: boolean): void {
    if (final) this.#saySpoken();
    this.#scope.settle(final && this.#over);
    if (this.#scope.firstUs > 0)
      this.#batch.span(ROOT, { attributes: { output_lines: this.#lines.toJson() } });
  }

  init(event: JsonObject): void {
    this.#model = asString(event.model) ?? this.#model;
    if (this.#model !== undefined) this.#batch.span(ROOT, { attributes: { init_model: this.#model } });
  }

  message(event: JsonObject): void {
    const text = contentText(event.content);
    if (event.role !== 'user') {
      this.#turn();
      this.#speaking = this.#call();
      this.#words += text;
      return;
    }
    const turn = this.#beginTurn();
    this.#scope.askTurn(turn, titleOf(text) || 'prompt', printable(event.content));
    this.#scope.give({ type: 'prompt', ...previewOf(text) }, this.#nowUs);
    if (this.#task || text.trim() === '') return;
    this.#task = true;
    this.#batch.run({ task: cutText(text, MOST_CHARS), fallback_name: titleOf(text) });
  }

  useTool(event: JsonObject): void {
    const id = asString(event.tool_id);
    if (id === undefined) return;
    this.#turn();
    const name = asString(event.tool_name) ?? 'unnamed tool';
    this.#scope.openTool({ id, name, input: printable(event.parameters), us: this.#nowUs }, this.#call());
  }

  closeTool(event: JsonObject): void {
    const id = asString(event.tool_id);
    if (id === undefined) return;
    const failure = errorOf(event.error);
    const outputs = printable(event.output ?? failure?.message);
    const status = event.status === 'error' ? 'error' : event.status === 'cancelled' ? 'cancelled' : 'ok';
    const response = failure === undefined ? undefined : { error: failure.message };
    const result = { us: this.#nowUs, ...judged(status, outputs, response), outputs };
    if (!this.#scope.closeTool(id, result)) this.#scope.tools.stray(id, result, this.#scope.parent);
    this.#scope.give(
      { type: 'tool_result', tool_use_id: id, ...previewOf(contentText(outputs)) },
      this.#nowUs,
    );
  }

  note(event: JsonObject): void {
    const message = cutText(asString(event.message) ?? '', MOST_CHARS);
    const level = event.severity === 'warning' ? 'warning' : 'error';
    this.#scope.event(titleOf(message) || level, this.#nowUs, { message }, level);
  }

  result(event: JsonObject): void {
    const failure = event.status === 'error' ? { message: 'it failed and gives no reason' } : undefined;
    this.#end(isObject(event.stats) ? event.stats : undefined, errorOf(event.error) ?? failure, '');
  }

  #end(stats: JsonObject | undefined, error: ErrorFields | undefined, response: string): void {
    this.#results++;
    if (error !== undefined) this.#scope.fail(error);
    this.#scope.finishTurn();
    this.#over = true;
    if (stats !== undefined) this.#tellSums(stats);
    this.#batch.span(ROOT, {
      ...(error !== undefined && { error }),
      ...(response !== '' && { outputs: response }),
      ...(stats !== undefined && { attributes: notesOf(stats) }),
    });
    this.#batch.push({
      event: 'run_end',
      status: error === undefined ? 'ok' : 'error',
      ...(error !== undefined && { error }),
    });
  }

  #tellSums(stats: JsonObject): void {
    const ts = usToSeconds(this.#nowUs);
    for (const { model, report, attributes } of sumsOf(stats)) {
      const spanId = `total:${this.#results}:${model}`;
      this.#batch.span(spanId, {
        ts,
        end_ts: ts,
        parent: ROOT,
        kind: 'task',
        role: 'model-total',
        name: `${model || 'all models'}: sum of all calls`,
        ...(model !== '' && { model }),
        usage: report.usage,
        model_total: true,
        status: 'ok',
        ...(Object.keys(attributes).length > 0 && { attributes }),
      });
      if (report.deviates)
        this.#batch.run({
          quality: [{ code: 'total-deviates', count: ++this.#deviations, example: spanId }],
        });
    }
  }

  #touch(): void {
    this.#scope.touch(this.#nowUs, { kind: 'agent', name: 'Gemini CLI' });
  }

  #beginTurn() {
    this.#over = false;
    return this.#scope.beginTurn(this.#nowUs, `log-${this.#scope.turns.length + 1}`);
  }

  #turn(): void {
    if (this.#scope.turn?.done !== false) this.#beginTurn();
  }

  /** The call at hand. Nothing names a call: a session file's ids are others. */
  #call(): OpenCall {
    const { call } = this.#scope;
    if (call !== undefined && !call.answered) return call;
    return this.#scope.beginCall(this.#nowUs, `log-${++this.#calls}`);
  }

  #saySpoken(): void {
    if (this.#speaking !== undefined && this.#words !== '')
      this.#scope.say(this.#speaking, this.#words, this.#scope.lastUs);
    this.#speaking = undefined;
    this.#words = '';
  }
}

function errorOf(error: JsonValue | undefined): ErrorFields | undefined {
  if (!isObject(error)) return undefined;
  const message = cutText(asString(error.message) ?? 'it failed and gives no reason', MOST_CHARS);
  const type = asString(error.type);
  return { ...(type !== undefined && { type }), message };
}

/** Figures beside the sums. */
function notesOf({
  models: _,
  duration_ms: durationMs,
  tool_calls: calls,
  tools,
  files,
}: JsonObject): JsonObject {
  return {
    ...(typeof durationMs === 'number' && { reported_duration_ms: durationMs }),
    ...(typeof calls === 'number' && { reported_tool_calls: calls }),
    ...(tools !== undefined && { reported_tools: printable(tools) }),
    ...(files !== undefined && { reported_files: printable(files) }),
  };
}

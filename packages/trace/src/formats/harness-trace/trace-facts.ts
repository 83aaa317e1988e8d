import { asString, isObject, type JsonObject, type JsonValue, putField } from '../../model/json.ts';
import { statusOf } from '../../model/span.ts';
import { usToSeconds } from '../../model/time.ts';
import { titleOf } from '../excerpt.ts';
import { seedName } from './names.ts';
import type { SpanFrame } from './span-frame.ts';

/** Members of a trace that the run has a field for. */
const RUN_FIELDS: ReadonlySet<string> = new Set([
  'name',
  'task',
  'task_type',
  'session_id',
  'project',
  'labels',
  'scores',
]);
/** Under which the inputs of a trace, or of its first span, say what was asked for. */
const QUESTIONS = ['user_query', 'query', 'question', 'task', 'prompt'];

/** What a trace from elsewhere says of the run as a whole. */
export class TraceFacts {
  /** A span was started and never ended: the trace was written while the run went on. */
  unfinished = false;
  /** One of the top-level spans failed. */
  failed = false;
  readonly #run: JsonObject = {};
  readonly #attributes: JsonObject = {};
  #question: string | undefined;

  get name(): string | undefined {
    return asString(this.#run.name);
  }

  get isEmpty(): boolean {
    return Object.keys(this.#run).length === 0;
  }

  member(key: string, value: JsonValue): void {
    const name = seedName(key);
    if (value === null) return;
    if (name === 'metadata' && isObject(value))
      for (const each of Object.keys(value)) this.attribute(each, value[each]!);
    else if (RUN_FIELDS.has(name)) this.#run[name] = value;
    else this.attribute(key, value);
  }

  attribute(name: string, value: JsonValue): void {
    putField(this.#attributes, name, value);
  }

  /** What was asked for, from the inputs of the trace or of its first span. */
  ask(inputs: JsonValue): void {
    if (this.#question !== undefined) return;
    const asked = isObject(inputs) ? QUESTIONS.map((name) => inputs[name]).find((found) => found) : inputs;
    if (typeof asked === 'string' && asked.trim() !== '') this.#question = asked;
  }

  /** The run's start and, unless the trace was torn off, its end. `root` is the trace as a span. */
  records(root: SpanFrame, torn: boolean, quality: JsonObject[]): JsonObject[] {
    const { startUs, endUs } = root.times;
    const ended = !torn && !this.unfinished && statusOf(root.status) !== 'unset';
    const outcome = this.failed || root.hasError ? 'error' : 'ok';
    const task = asString(this.#run.task) ?? this.#question;
    return [
      {
        event: 'run_start',
        ...(startUs !== undefined && { ts: usToSeconds(startUs) }),
        ...(root.isUntold && { time_untold: true }),
        ...this.#run,
        ...(task !== undefined && { task, fallback_name: titleOf(task) }),
        ...(Object.keys(this.#attributes).length > 0 && { attributes: this.#attributes }),
      },
      {
        event: ended ? 'run_end' : 'run_update',
        ...(endUs !== undefined && { ts: usToSeconds(endUs) }),
        ...(ended && { status: statusOf(root.status) === undefined ? outcome : root.status }),
        ...(quality.length > 0 && { quality }),
      },
    ];
  }
}

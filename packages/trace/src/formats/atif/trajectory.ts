import { asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { cutText } from '../../model/short-text.ts';
import { parseTimestamp } from '../../model/time.ts';
import { contentText, previewOf, printable, titleOf } from '../excerpt.ts';
import type { RecordBatch } from '../record-batch.ts';
import { STEP_US, UNKNOWN_TIME_US } from '../unknown-time.ts';
import { readAgentStep } from './agent-step.ts';
import type { Identity } from './identity.ts';
import { type Metrics, metricsOf, type TokenCount } from './metrics.ts';
import { refsOf, resultsOf } from './observation.ts';
import { Progress } from './progress.ts';
import { extraOf } from './step-extra.ts';
import { linkSubagent } from './subagent.ts';

const TASK_CHARS = 2000;
/** Parts of a run without times follow each other at this distance. */
const PART_US = 3_600_000_000;

/** One trajectory being read: its steps in, records out. */
export class Trajectory {
  readonly progress: Progress;
  #copied = 0;
  #nowUs = 0;
  #estimated = false;
  #asked = false;
  readonly #keys = new Set<string>();

  /** `fromUs`: when its first steps were, which may not say so. */
  constructor(batch: RecordBatch, identity: Identity, header: JsonObject, fromUs: number | undefined) {
    this.progress = new Progress(batch, identity, header);
    this.#nowUs = fromUs ?? 0;
  }

  /** When it began, if anything says so. */
  get startUs(): number | undefined {
    const { firstUs } = this.progress.scope;
    return this.#estimated || firstUs === 0 ? undefined : firstUs;
  }

  /** What the first thing that happens tells of the agent. */
  begin(us: number, agent: JsonObject): void {
    const { identity } = this.progress;
    const version = asString(agent.version);
    const attributes: JsonObject = {};
    if (isObject(agent.extra)) attributes.agent = printable(agent.extra);
    if (Array.isArray(agent.tool_definitions))
      attributes.tools = agent.tool_definitions.slice(0, 200).map(nameOfTool);
    this.progress.scope.touch(us, {
      kind: 'agent',
      name: asString(agent.name) ?? 'agent',
      ...(this.progress.model !== undefined && { model: this.progress.model }),
      ...(identity.isSubagent && { fallback_parent: identity.home }),
      attributes: { ...(version !== undefined && { version }), ...attributes },
    });
  }

  /** Reads a step. `index` is its place, for steps without a number. */
  step(step: JsonObject, index: number, agent: JsonObject): void {
    if (step.is_copied_context === true) {
      // It was said, and counted, in the trajectory that it is copied from.
      this.#copied++;
      this.progress.scope.give({ type: 'copied', ...previewOf(contentText(step.message)) }, 0);
      return;
    }
    const us = this.#timeOf(step);
    const key = this.#keyOf(step, index);
    if (this.progress.scope.firstUs === 0) this.begin(us, agent);
    else this.progress.scope.touch(us, {});
    const source = asString(step.source);
    if (source === 'user') this.#user(step, key, us);
    else if (source === 'agent') readAgentStep(this.progress, step, key, us);
    else this.#system(step, us, source ?? 'unknown');
  }

  /** There is no more of it. `torn`: perhaps not because it was over. */
  end(header: JsonObject, torn: boolean): void {
    if (!torn) this.progress.scope.finishTurn();
    this.progress.scope.settle(true);
    if (torn && this.progress.scope.firstUs === 0) return;
    const totals = metricsOf(header.final_metrics, 'total_');
    const attributes: JsonObject = {};
    if (this.#copied > 0) attributes.copied_steps = this.#copied;
    for (const name of ['notes', 'extra', 'continued_trajectory_ref'] as const)
      if (header[name] !== undefined && header[name] !== null) attributes[name] = printable(header[name]);
    if (totals !== undefined && Object.keys(totals.rest).length > 0)
      attributes.final_metrics = printable(totals.rest);
    this.progress.batch.span(this.progress.scope.spanId, {
      ...(totals !== undefined && totalsOf(totals)),
      ...(Object.keys(attributes).length > 0 && { attributes }),
    });
    if (totals !== undefined && !torn && !this.progress.isPartial && this.#deviates(totals.count))
      this.progress.batch.run({
        quality: [{ code: 'total-deviates', count: 1, example: this.progress.scope.spanId }],
      });
  }

  #deviates(total: TokenCount): boolean {
    const { sum } = this.progress;
    return total.prompt !== sum.prompt || total.completion !== sum.completion;
  }

  #keyOf(step: JsonObject, index: number): string {
    const number = asString(step.step_id) ?? `${index + 1}`;
    const key = this.#keys.has(number) ? `${number}@${index + 1}` : number;
    this.#keys.add(key);
    return key;
  }

  #timeOf(step: JsonObject): number {
    const us = parseTimestamp(step.timestamp);
    if (us !== undefined) this.#nowUs = us;
    else if (this.#nowUs === 0 || this.#estimated) {
      if (!this.#estimated && !this.progress.identity.isPart) this.progress.batch.run({ time_untold: true });
      this.#estimated = true;
      if (this.#nowUs === 0) this.#nowUs = UNKNOWN_TIME_US + this.progress.identity.continuation * PART_US;
      this.#nowUs += STEP_US;
    }
    return this.#nowUs;
  }

  #user(step: JsonObject, key: string, us: number): void {
    const { scope } = this.progress;
    const text = contentText(step.message);
    const title = titleOf(text) || 'prompt';
    // Trajectories only go on when a turn is over, whatever its last step was.
    scope.finishTurn();
    const turn = scope.beginTurn(us, key);
    scope.askTurn(turn, title, printable(step.message));
    const attributes = { ...(this.#estimated && this.progress.estimated()), ...extraOf(step) };
    if (Object.keys(attributes).length > 0) scope.tellTurn(turn, { attributes });
    scope.give({ type: 'prompt', ...previewOf(text) }, us);
    if (this.#asked) return;
    this.#asked = true;
    const task = cutText(text, TASK_CHARS);
    if (this.progress.identity.isPart) this.progress.batch.span(scope.spanId, { inputs: task });
    else this.progress.batch.run({ name: title, task });
  }

  #system(step: JsonObject, us: number, source: string): void {
    const { scope } = this.progress;
    const text = contentText(step.message);
    scope.give({ type: source, ...previewOf(text) }, us);
    const extra = extraOf(step);
    scope.event(titleOf(text) || source, us, { source, message: cutText(text, TASK_CHARS), ...extra });
    for (const result of resultsOf(step.observation, [])) {
      this.progress.observe(result, us);
      for (const ref of refsOf(result)) linkSubagent(this.progress, ref, scope.parent, us);
    }
  }
}

/** A trajectory's own totals, on its agent: the ledger says what of them the steps do not explain. */
function totalsOf({ usage, costUsd }: Metrics): JsonObject {
  return {
    ...(Object.keys(usage).length > 0 && { usage: { ...usage, requests: 0 } }),
    ...(costUsd !== undefined && { cost_usd: costUsd }),
  };
}

function nameOfTool(definition: JsonValue): JsonValue {
  if (!isObject(definition)) return printable(definition);
  const inner = isObject(definition.function) ? definition.function : definition;
  return asString(inner.name) ?? 'unnamed tool';
}

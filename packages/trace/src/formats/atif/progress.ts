import { asString, isObject, type JsonObject } from '../../model/json.ts';
import { cutText } from '../../model/short-text.ts';
import { AgentScope } from '../agent-scope.ts';
import { previewOf } from '../excerpt.ts';
import type { RecordBatch } from '../record-batch.ts';
import { TIME_ESTIMATED } from '../unknown-time.ts';
import type { Identity } from './identity.ts';
import type { TokenCount } from './metrics.ts';
import type { Observed } from './observation.ts';

const SHOWN_CHARS = 2000;

/** What is known of a trajectory while its steps are read. */
export class Progress {
  readonly batch: RecordBatch;
  readonly identity: Identity;
  readonly scope: AgentScope;
  /** The agent's model, for steps that name none. */
  readonly model: string | undefined;
  /** What the steps counted, each as it says. */
  readonly sum: TokenCount = { prompt: 0, completion: 0, cached: 0, written: 0 };
  /** The call of the step before: converters repeat its usage at every step that they make of it. */
  lastCall: { spanId: string; signature: string; key: string } | undefined;
  /** Other files tell of a part of it: its totals may count more than its own steps. */
  isPartial: boolean;

  constructor(batch: RecordBatch, identity: Identity, header: JsonObject) {
    const agent = isObject(header.agent) ? header.agent : {};
    this.batch = batch;
    this.identity = identity;
    this.scope = new AgentScope(batch, identity.spanId, identity.prefix);
    this.scope.continues = identity.continuation > 0;
    this.model = asString(agent.model_name);
    this.isPartial = identity.isPart;
  }

  /** Marks what is told as of no real time, or of one that was only derived. */
  estimated(): JsonObject {
    return { [TIME_ESTIMATED]: true };
  }

  /** Results that answer no call: what a terminal shows, and what the harness did. */
  observe(result: Observed, us: number): void {
    if (result.content === null || result.content === '') return;
    this.scope.event('observation', us, { text: cutText(result.text, SHOWN_CHARS) });
    this.scope.give({ type: 'observation', ...previewOf(result.text) }, us);
  }
}

import { usToSeconds } from '../../model/time.ts';
import { AgentScope } from '../agent-scope.ts';
import { RecordBatch } from '../record-batch.ts';
import type { Lineage } from './lineage.ts';
import { TokenBook } from './token-book.ts';

/** The span of a session's main thread. */
export const ROOT = 'codex';

export function agentSpanId(threadId: string): string {
  return `agent:${threadId}`;
}

/** What is known of a rollout while it is read. */
export class Session {
  readonly batch = new RecordBatch();
  readonly book = new TokenBook();
  scope: AgentScope = new AgentScope(this.batch, ROOT);
  lineage: Lineage | undefined;
  /** The oldest thread that this one's history comes from: it names calls that have no turn to name them. */
  origin = '';
  model: string | undefined;
  provider: string | undefined;
  effort: string | undefined;
  /** The newest time of a line: lines without are taken to be of the same moment. */
  nowUs = 0;
  /** When the thread was made: what a fork has from before is another thread's. */
  createdUs = 0;
  /** Where the run's name is from: a prompt that a fork has from its parent, or one of its own. */
  titled: 'not' | 'copied' | 'own' = 'not';
  /** No item was read: all there is to know is in the events. */
  onlyEvents = true;
  /** Prompts are said by events of their own: the items that repeat them begin no turn. */
  promptsAreEvents = false;
  compactedUs = 0;
  /** What was last told of the limits. */
  limits = '';
  /** Calls that start a subagent and have no answer yet. */
  readonly spawning = new Set<string>();
  /** How many sums of the source's own did not agree with their parts, and where the first was. */
  deviations = 0;

  get isSubagent(): boolean {
    return this.lineage?.subagent !== undefined;
  }

  /** The first line says whose thread this is. */
  begin(lineage: Lineage): void {
    this.lineage = lineage;
    if (lineage.subagent === undefined || lineage.threadId === undefined) return;
    const spanId = agentSpanId(lineage.threadId);
    this.scope = new AgentScope(this.batch, spanId, `${spanId}/`);
    this.batch.startsRun = false;
  }

  /**
   * The tool call that started another thread is known: that agent belongs under it. How long it worked is told by its own
   * file; without that, it is a moment.
   */
  linkAgent(threadId: string, toolId: string, us: number, name: string | undefined): void {
    this.batch.span(agentSpanId(threadId), {
      ts: usToSeconds(us),
      end_ts: usToSeconds(us),
      kind: 'agent',
      component: name ?? 'subagent',
      parent: `${this.scope.prefix}tool:${toolId}`,
    });
  }
}

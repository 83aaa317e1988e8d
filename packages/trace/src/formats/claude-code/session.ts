import type { JsonObject } from '../../model/json.ts';
import { usToSeconds } from '../../model/time.ts';
import { ROOT } from '../claude-ids.ts';
import { Recent } from '../recent.ts';
import { Batch, RunDraft, type SpanDraft } from './batch.ts';
import { Scope } from './scope.ts';

/** A tool that was called and has no result yet. */
export type OpenTool = {
  readonly span: SpanDraft;
  readonly scope: Scope;
  readonly startUs: number;
  readonly name: string;
  /** What a subagent was started with. */
  readonly task?: { prompt: string; description: string | undefined; role: string | undefined };
  /** The subagent it started, when that is known before the result. */
  agent?: Scope;
};

/** What is known of a file while it is read. */
export class Session {
  readonly batch = new Batch();
  readonly run = new RunDraft(this.batch);
  readonly live: boolean;
  /** A subagent's own file: its session's file says what there is to say of the run. */
  agentFile = false;
  main: Scope | undefined;
  readonly agents = new Map<string, Scope>();
  readonly touched = new Set<Scope>();
  readonly openTools = new Map<string, OpenTool>();
  /** Tools that have a result: true when their call was not seen. */
  readonly closedTools = new Recent<boolean>();
  /** Lines by uuid → the main loop's turn they belong to. */
  readonly seen = new Recent<number>();
  /** Sidechain lines without agent id, by uuid → their agent. */
  readonly chains = new Recent<Scope>();
  /** Some call of this file said why it stopped. */
  sawStop = false;
  /** Spans of calls with output counts so small that they may be placeholders, while no call said why it stopped. */
  readonly smallCalls = new Set<string>();
  /** The time of the newest line that has one: lines without are taken to be of the same moment. */
  nowUs = 0;
  runStartUs = 0;
  /** How many lines of each type were read. */
  readonly lines: Record<string, number> = {};

  constructor(live: boolean) {
    this.live = live;
  }

  /** The main loop's scope, made when its first line comes. */
  mainScope(us: number): Scope {
    this.main ??= new Scope(this.batch, undefined);
    this.touch(this.main, us);
    return this.main;
  }

  /** A subagent's scope, made when first heard of. It may have no lines in this file. */
  agentScope(agentId: string): Scope {
    let scope = this.agents.get(agentId);
    if (!scope) {
      scope = new Scope(this.batch, agentId);
      this.agents.set(agentId, scope);
      // The session's own file tells the rest of it; without a time, and without an end, this adds nothing to that.
      if (this.main === undefined && this.agents.size === 1)
        this.batch.push({ event: 'span', span_id: ROOT, name: 'Claude Code', kind: 'agent' });
    }
    return scope;
  }

  /** Something happened in the scope at `us`. */
  touch(scope: Scope, us: number): void {
    this.touched.add(scope);
    if (scope.firstUs === 0 || us < scope.firstUs) {
      const first = scope.firstUs === 0;
      scope.firstUs = us;
      scope.span.tell({ ts: usToSeconds(us) });
      if (first)
        scope.span.tell(scope.isMain ? { name: 'Claude Code', kind: 'agent' } : this.#agentFields(scope));
    }
    if (us > scope.lastUs) scope.lastUs = us;
  }

  #agentFields(scope: Scope): JsonObject {
    return {
      kind: 'agent',
      ...(!scope.linked && { component: scope.title ?? 'subagent', fallback_parent: ROOT }),
    };
  }

  /** A point in time in what an agent does. */
  event(scope: Scope, name: string, us: number, attributes: JsonObject = {}, level?: string): void {
    this.batch.push({
      event: 'span_event',
      span_id: scope.turn?.fields === undefined ? scope.parent : scope.span.spanId,
      name,
      ts: usToSeconds(us),
      ...(level !== undefined && { level }),
      ...(Object.keys(attributes).length > 0 && { attributes }),
    });
  }
}

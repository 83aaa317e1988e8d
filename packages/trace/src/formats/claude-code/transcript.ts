import { asString, isObject, type JsonObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import { parseTimestamp } from '../../model/time.ts';
import { linkAgent, sidechainScope } from './agent.ts';
import { readAttachment } from './attachment-line.ts';
import { readAssistant } from './model-call.ts';
import { RunFacts } from './run-facts.ts';
import type { Scope } from './scope.ts';
import { Session } from './session.ts';
import { readSideLine } from './side-line.ts';
import { readSystem } from './system-line.ts';
import { settle } from './turn.ts';
import { readUser } from './user-line.ts';

const CONVERSATION = new Set(['user', 'assistant', 'system', 'attachment', 'progress']);
/** Types of lines are data: a file with a million different ones is counted under one name from some point on. */
const MAX_LINE_TYPES = 200;
const ENOUGH_CALLS = 3;
const SESSION_FILE = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl/;
const AGENT_FILE = /^agent-.+\.jsonl/;

export type TranscriptOptions = {
  /** File name without folders. */
  name?: string | undefined;
  /** The run, when no line says which. */
  runId?: string | undefined;
  live?: boolean | undefined;
};

/** A transcript being read: lines in, records out. */
export class Transcript {
  readonly #session: Session;
  readonly #facts: RunFacts;
  readonly #options: TranscriptOptions;
  #lineTypes = 0;

  constructor(options: TranscriptOptions) {
    this.#options = options;
    this.#session = new Session(options.live === true);
    this.#facts = new RunFacts(this.#session);
    this.#session.agentFile = options.name !== undefined && AGENT_FILE.test(options.name);
    // A resumed session's file may begin with lines of the session it goes on from; its name is its own.
    const own = options.name === undefined ? undefined : SESSION_FILE.exec(options.name)?.[1];
    if (own !== undefined) this.#setRun(own);
  }

  /** The records since the last call; none as long as the run is unknown. */
  take(): readonly TraceRecord[] {
    return this.#session.batch.take();
  }

  /** Reads one line. Whatever it is: what is not understood is counted. */
  read(line: JsonObject): void {
    const type = typeof line.type === 'string' && line.type !== '' ? line.type : 'untyped';
    this.#count(type, line);
    const session = this.#session;
    if (!session.agentFile && session.main === undefined && isAgentLine(line)) session.agentFile = true;
    if (session.batch.runId === undefined) this.#findRun(line, type);
    const us = timeOf(line);
    this.#facts.observe(line, us);
    if (CONVERSATION.has(type)) this.#converse(type, line, us ?? session.nowUs);
    else readSideLine(session, this.#facts, type, line);
  }

  /** Ends and reopens spans by what is known now: after every chunk of a live file. */
  settle(): void {
    settle(this.#session, false);
    this.#tellCounts();
    // A healthy session's first call may still be without its last line: several say more than one.
    if (this.#session.smallCalls.size >= ENOUGH_CALLS) this.#tellSmallCalls();
  }

  /** The file has no more lines. */
  finish(): void {
    const session = this.#session;
    this.#facts.nameless();
    if (session.batch.runId === undefined) this.#setRun(this.#options.runId ?? this.#stem());
    for (const scope of [session.main, ...session.agents.values()]) if (scope) session.touched.add(scope);
    settle(session, true);
    this.#tellCounts();
    this.#tellSmallCalls();
  }

  #converse(type: string, line: JsonObject, us: number): void {
    const session = this.#session;
    const uuid = asString(line.uuid);
    const repeated = uuid !== undefined && session.seen.get(uuid) !== undefined;
    if (repeated && type !== 'assistant') return;
    if (us <= 0) return;
    const scope = this.#scopeOf(line, us);
    session.touch(scope, us);
    this.#say(type, scope, line, us, repeated);
    if (uuid !== undefined && !repeated) session.seen.set(uuid, scope.isMain ? scope.turns.length : -1);
  }

  #say(type: string, scope: Scope, line: JsonObject, us: number, repeated: boolean): void {
    const session = this.#session;
    switch (type) {
      case 'assistant':
        if (scope.turn !== undefined) {
          scope.turn.done = false;
          if (us > scope.turn.lastUs) scope.turn.lastUs = us;
        }
        readAssistant(session, scope, line, us, repeated);
        this.#tellTask(scope);
        return;
      case 'user':
        readUser(session, scope, line, us);
        this.#tellTask(scope);
        return;
      case 'system':
        readSystem(session, scope, line, us);
        return;
      case 'attachment':
        readAttachment(session, scope, line, us);
        return;
      default:
        this.#progress(scope, line, us);
    }
  }

  #tellTask({ isMain, turn }: Scope): void {
    if (!isMain || turn === undefined) return;
    this.#facts.prompt(turn.fields === undefined ? 'prompt' : 'command', turn.title, turn.task);
  }

  #scopeOf(line: JsonObject, us: number): Scope {
    const session = this.#session;
    const agentId = asString(line.agentId);
    if (session.agentFile) return agentId === undefined ? this.#fileAgent() : sidechainScope(session, line);
    return line.isSidechain === true ? sidechainScope(session, line) : session.mainScope(us);
  }

  /** The agent of an agent's file, for lines that do not name it. */
  #fileAgent(): Scope {
    const first = this.#session.agents.values().next();
    if (first.done !== true) return first.value;
    return this.#session.agentScope(/^agent-(.+?)\.jsonl/.exec(this.#options.name ?? '')?.[1] ?? 'subagent');
  }

  /** Reports of a tool at work. A subagent's carry its messages, which older versions wrote nowhere else. */
  #progress(scope: Scope, line: JsonObject, us: number): void {
    const data = isObject(line.data) ? line.data : {};
    const session = this.#session;
    if (data.type === 'hook_progress') {
      const name = asString(data.hookName) ?? asString(data.hookEvent) ?? '';
      session.event(scope, `hook ${name}`.trim(), us, { command: asString(data.command) ?? '' });
      return;
    }
    const agentId = asString(data.agentId);
    const nested = isObject(data.message) ? data.message : undefined;
    if (agentId === undefined || nested === undefined) return;
    const tool = session.openTools.get(asString(line.parentToolUseID) ?? '');
    const agent = session.agentScope(agentId);
    if (tool) linkAgent(session, tool, agent);
    this.#converse(
      asString(nested.type) ?? '',
      { ...nested, agentId, isSidechain: true },
      timeOf(nested) ?? us,
    );
  }

  #findRun(line: JsonObject, type: string): void {
    const id = asString(line.sessionId);
    // Some subagents' files bear the agent's id in the session's place; the folder knows better.
    if (id !== undefined && !(id.startsWith('agent-') && this.#options.runId !== undefined)) this.#setRun(id);
    else if (id !== undefined || type === 'user' || type === 'assistant')
      this.#setRun(this.#options.runId ?? this.#stem());
  }

  #setRun(runId: string): void {
    this.#session.batch.runId = runId;
    if (!this.#session.agentFile) this.#facts.sessionId(runId);
  }

  #stem(): string {
    return this.#options.name?.replace(/\.jsonl?.*$/, '') || 'claude-code-session';
  }

  #count(type: string, line: JsonObject): void {
    const { lines } = this.#session;
    const detail = detailOf(type, line);
    const key = detail === undefined ? type : `${type}/${detail}`;
    const known = Object.hasOwn(lines, key) ? lines[key] : undefined;
    if (known !== undefined) lines[key] = known + 1;
    else if (this.#lineTypes < MAX_LINE_TYPES) {
      this.#lineTypes++;
      lines[key] = 1;
    } else lines.other = (lines.other ?? 0) + 1;
  }

  #tellCounts(): void {
    const session = this.#session;
    const lines = { ...session.lines };
    const home = session.main ?? session.agents.values().next().value;
    if (home !== undefined && home.firstUs > 0) home.span.tell({ attributes: { lines } });
    else if (session.batch.runId !== undefined)
      session.run.tell(
        { ...(session.nowUs > 0 && { ts: session.nowUs / 1e6 }), attributes: { lines } },
        !session.agentFile,
      );
  }

  /** In a file in which no call says why it stopped, every tiny count was written before its call ended (G16). */
  #tellSmallCalls(): void {
    const session = this.#session;
    if (session.sawStop) return;
    for (const spanId of session.smallCalls)
      session.batch.push({ event: 'span_update', span_id: spanId, placeholder_output: true });
    session.smallCalls.clear();
  }
}

function isAgentLine(line: JsonObject): boolean {
  return line.isSidechain === true && typeof line.agentId === 'string' && typeof line.uuid === 'string';
}

/** The second word of a line's type, where it has one. */
function detailOf(type: string, line: JsonObject): string | undefined {
  switch (type) {
    case 'system':
      return asString(line.subtype);
    case 'progress':
      return isObject(line.data) ? asString(line.data.type) : undefined;
    case 'attachment':
      return isObject(line.attachment) ? asString(line.attachment.type) : undefined;
    case 'queue-operation':
      return asString(line.operation);
    default:
      return undefined;
  }
}

/** All of Claude Code's own times look like this: Date.parse reads them, and faster than our parser of every dialect. */
const OWN_TIME = 24;

function timeOf(line: JsonObject): number | undefined {
  const { timestamp } = line;
  if (typeof timestamp === 'string' && timestamp.length === OWN_TIME && timestamp.endsWith('Z')) {
    const ms = Date.parse(timestamp);
    return Number.isNaN(ms) || ms <= 0 ? undefined : ms * 1000;
  }
  return parseTimestamp(timestamp);
}

import { asString, isObject, type JsonObject, type JsonValue, putField } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import { printable } from '../excerpt.ts';
import { RecordBatch } from '../record-batch.ts';
import { agentSpanId, type Identity, identityOf } from './identity.ts';
import { firstTimeOf, Opening } from './opening.ts';
import { type Restoration, restorationIn } from './restoration.ts';
import { tornStep, tornTrajectory } from './torn-step.ts';
import { Trajectory } from './trajectory.ts';

/** A file with a trajectory, and those of its subagents that lie in it: members and steps in, records out. */
export class TrajectoryFile {
  /** It is another format's. */
  foreign = false;
  readonly #name: string | undefined;
  readonly #runId: string | undefined;
  readonly #batch = new RecordBatch();
  readonly #header: JsonObject = {};
  #main: Trajectory | undefined;
  readonly #opening = new Opening();
  readonly #embedded: JsonObject[] = [];
  #restoration: Restoration | undefined;

  constructor(name: string | undefined, runId: string | undefined) {
    this.#name = name;
    this.#runId = runId;
  }

  take(): readonly TraceRecord[] {
    return this.#batch.take();
  }

  member(key: string, value: JsonValue): void {
    if (key === 'steps' || key === 'subagent_trajectories') return;
    putField(this.#header, key, value);
    if (key === 'extra') this.#restoration = restorationIn(value);
  }

  /** `torn`: it was cut off. */
  step(whole: JsonObject, index: number, torn: boolean, refuse: (reason: string) => void): void {
    const isPart = torn && identityOf(this.#header, this.#name).isPart;
    const step = torn ? tornStep(whole, isPart) : whole;
    if (step === undefined) return;
    if (this.#restoration !== undefined) {
      this.#restoration.step(step, refuse);
      return;
    }
    if (this.#main !== undefined) {
      this.#main.step(step, index, this.#agent());
      return;
    }
    this.#opening.add({ step, index });
    const { runId } = identityOf(this.#header, this.#name);
    if (this.#opening.isOver(this.#header, (runId ?? this.#runId) !== undefined)) this.#begin();
  }

  embed(trajectory: JsonObject, torn: boolean): void {
    // Without its id, which it must have, nobody could say whose it is.
    if (torn && trajectory.trajectory_id === undefined) return;
    this.#embedded.push(torn ? tornTrajectory(trajectory) : trajectory);
  }

  /** `torn`: something of it is missing, perhaps its end. */
  end(torn: boolean): void {
    if (this.foreign) return;
    if (this.#restoration !== undefined) {
      this.#restoration.agent(this.#header.agent);
      for (const trajectory of this.#embedded) this.#restoration.trajectory(trajectory);
      const records = this.#restoration.records();
      this.#batch.runId = this.#restoration.runId ?? this.#fallbackId();
      for (const record of records) this.#batch.push(record);
      return;
    }
    if (this.#main === undefined && this.#opening.isEmpty && this.#header.agent === undefined) return;
    const main = this.#begin();
    const parts = this.#readEmbedded(main);
    main.end(this.#header, torn);
    for (const { part, header } of parts) part.end(header, torn);
  }

  #agent(): JsonObject {
    return isObject(this.#header.agent) ? this.#header.agent : {};
  }

  #begin(): Trajectory {
    if (this.#main !== undefined) return this.#main;
    const identity = identityOf(this.#header, this.#name);
    this.#batch.runId = identity.runId ?? this.#fallbackId();
    this.#batch.startsRun = !identity.isPart;
    const main = new Trajectory(this.#batch, identity, this.#header, this.#opening.firstUs);
    this.#main = main;
    if (!identity.isPart) this.#tellRun(identity);
    for (const { step, index } of this.#opening.take()) main.step(step, index, this.#agent());
    return main;
  }

  /** Most files have the same name, and their session's id is optional from version 1.7 on. */
  #fallbackId(): string {
    const stem = this.#name?.replace(/\.json.*$/, '') || 'atif-trajectory';
    return this.#runId ?? (this.#opening.isEmpty ? stem : `${stem}-${this.#opening.id}`);
  }

  #tellRun(identity: Identity): void {
    const agent = this.#agent();
    const version = asString(agent.version);
    const sessionId = asString(this.#header.session_id);
    const extra = isObject(agent.extra) ? agent.extra : {};
    const branch = Array.isArray(extra.git_branches) ? asString(extra.git_branches[0]) : undefined;
    this.#batch.run({
      ...(sessionId !== undefined && { session_id: sessionId }),
      labels: {
        agent: asString(agent.name) ?? 'unknown',
        ...(version !== undefined && { agent_version: version }),
        ...(branch !== undefined && { git_branch: branch }),
      },
      attributes: {
        schema_version: printable(this.#header.schema_version),
        ...(identity.spanId !== 'atif' && { trajectory_id: printable(this.#header.trajectory_id) }),
      },
    });
  }

  /** Trajectories in trajectories, of any depth. */
  #readEmbedded({ startUs, progress }: Trajectory): { part: Trajectory; header: JsonObject }[] {
    const parts: { part: Trajectory; header: JsonObject }[] = [];
    const main = progress.identity;
    const queue = this.#embedded.map((header) => ({ header, home: main.spanId }));
    for (let at = 0; at < queue.length; at++) {
      const { header, home } = queue[at]!;
      const id = asString(header.trajectory_id) ?? `${at + 1}`;
      const spanId = agentSpanId(id);
      const identity: Identity = {
        ...main,
        spanId,
        prefix: `${spanId}/`,
        isPart: true,
        isSubagent: true,
        continuation: 0,
        home,
      };
      const agent = isObject(header.agent) ? header.agent : {};
      const steps = Array.isArray(header.steps) ? header.steps.filter(isObject) : [];
      const part = new Trajectory(this.#batch, identity, header, firstTimeOf(steps) ?? startUs);
      this.#batch.span(spanId, { kind: 'agent', fallback_parent: home });
      for (const [index, step] of steps.entries()) part.step(step, index, agent);
      parts.push({ part, header });
      const inner = Array.isArray(header.subagent_trajectories)
        ? header.subagent_trajectories.filter(isObject)
        : [];
      for (const each of inner) queue.push({ header: each, home: spanId });
    }
    return parts;
  }
}

import { ColumnBuilder, emptyColumns, type SpanColumns, type SpanRow } from '@tacho/trace/model/columns';
import type { SpanKind } from '@tacho/trace/model/span';
import type { TimelineHeader } from '../src/timeline/scene.ts';

/** A made-up run that looks like a real one. */
export type SampleRun = { columns: SpanColumns; header: TimelineHeader };

export const START_US = 1.7e15;

/** The same numbers in every browser and at every visit. */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

class Maker {
  readonly rows: SpanRow[] = [];
  readonly next = random(7);

  add(row: Partial<SpanRow> & { name: string; kind: SpanKind; startUs: number }): number {
    const no = this.rows.length;
    this.rows.push({
      parent: -1,
      status: row.endUs === undefined ? 'unset' : 'ok',
      tokens: 0,
      flags: 0,
      ...row,
      no,
    });
    return no;
  }

  /** Model calls and tools in turn, until `untilUs`. */
  work(parent: number, fromUs: number, untilUs: number, open = false, stepUs = 4e6): void {
    let at = fromUs + 0.4e6;
    for (let turn = 0; at < untilUs; turn++) {
      const length = (0.3 + this.next()) * stepUs * (turn % 2 === 0 ? 1.3 : 0.7);
      const last = at + length >= untilUs;
      const kind = turn % 2 === 0 ? 'llm' : 'tool';
      const endUs = Math.min(at + length, untilUs - (last ? 0 : 0.1e6));
      this.add({
        name: kind === 'llm' ? 'chat' : ['Read', 'Grep', 'Bash', 'Edit'][turn % 4]!,
        kind,
        parent,
        startUs: at,
        ...(last && open ? {} : { endUs }),
        ...(kind === 'llm' && {
          model: 'claude-sonnet-4-6',
          tokens: Math.round(2000 + this.next() * 9000),
          costUsd: 0.004 + this.next() * 0.02,
          firstTokenUs: at + length * 0.22,
        }),
      });
      at += length + 0.15e6;
    }
  }

  finish(status: TimelineHeader['status'], lastUs: number): SampleRun {
    const builder = new ColumnBuilder(emptyColumns(Math.max(1, this.rows.length)));
    for (const row of this.rows) builder.set(row);
    return { columns: builder.columns, header: { status, startUs: START_US, lastUs } };
  }
}

const LIBRARIES = ['common', 'core', 'encoding', 'kzg', 'crypto', 'indexer', 'api', 'relay', 'metrics'];
const DEEPER = [
  'chainio',
  'churner',
  'disperser/lib',
  'node/lib',
  'retriever',
  'operator state',
  'payments',
  'meterer',
  'blobstore',
  'controller',
  'dispatcher',
  'finalizer',
  'signing',
  'gossip',
  'peers',
];
const APPLICATIONS = [
  'disperser',
  'batcher',
  'node',
  'churner',
  'retriever',
  'relay',
  'proxy',
  'indexer',
  'dataapi',
  'traffic generator with a long name',
];

/** Discovery, 9 agents in parallel, 15 in sequence, 10 in parallel, synthesis; `live` stops in the middle of the 10. */
export function demoRun(live: boolean): SampleRun {
  const make = new Maker();
  const s = (seconds: number): number => START_US + seconds * 1e6;
  const root = make.add({
    name: 'cold analysis',
    kind: 'task',
    startUs: s(0),
    ...(live ? {} : { endUs: s(262) }),
  });
  const stage = (name: string, from: number, to?: number): number =>
    make.add({
      name,
      kind: 'stage',
      parent: root,
      startUs: s(from),
      ...(to !== undefined && { endUs: s(to) }),
    });
  const discovery = stage('discovery', 0, 2);
  make.add({ name: 'discovery engine', kind: 'tool', parent: discovery, startUs: s(0.1), endUs: s(1.9) });
  const first = stage('depth-0 libraries', 2, 70);
  LIBRARIES.forEach((name, at) => {
    const end = name === 'kzg' ? 70 : 26 + make.next() * 36;
    const failed = name === 'relay';
    const agent = make.add({
      name,
      kind: 'agent',
      role: 'library-analysis',
      parent: first,
      startUs: s(2 + at * 0.05),
      endUs: s(end),
      ...(failed && { status: 'error' as const, error: 'TypeError: rate limit' }),
    });
    make.work(agent, s(2.2), s(end - (failed ? 3 : 0.5)));
    if (failed)
      make.add({
        name: 'chat',
        kind: 'llm',
        parent: agent,
        startUs: s(end - 2.8),
        endUs: s(end - 0.2),
        status: 'error',
        error: 'TypeError: rate limit',
      });
  });
  let at = 70;
  const second = stage('depth-N libraries', 70, 182);
  DEEPER.forEach((name) => {
    const length = 4 + make.next() * 7;
    const agent = make.add({
      name,
      kind: 'agent',
      parent: second,
      startUs: s(at),
      endUs: s(Math.min(at + length, 182)),
    });
    make.work(agent, s(at), s(Math.min(at + length, 182) - 0.2), false, 2e6);
    at += length + 0.2;
  });
  const third = stage('applications', 182, live ? undefined : 240);
  APPLICATIONS.forEach((name, index) => {
    const end = index < 2 ? 200 + index * 8 : live ? undefined : 215 + make.next() * 25;
    const agent = make.add({
      name,
      kind: 'agent',
      parent: third,
      startUs: s(182 + make.next() * 2),
      ...(end !== undefined && { endUs: s(end) }),
    });
    const silent = name === 'relay' && live;
    make.work(agent, s(184), s(end ?? (silent ? 188 : 222)), end === undefined, silent ? 2.4e6 : 4e6);
  });
  if (!live) {
    const last = stage('synthesis', 240, 262);
    const agent = make.add({
      name: 'synthesizer',
      kind: 'agent',
      parent: last,
      startUs: s(240.2),
      endUs: s(262),
    });
    make.work(agent, s(240.4), s(261));
    make.add({ name: 'rubric', kind: 'evaluation', parent: agent, startUs: s(261.1), endUs: s(261.8) });
  }
  return make.finish(live ? 'running' : 'ok', s(live ? 222 : 262));
}

/** `count` spans in 100 agents of which many run at once. */
export function largeRun(count: number): SampleRun {
  const make = new Maker();
  const agents = 100;
  const calls = Math.max(1, Math.floor(count / agents) - 1);
  let last = START_US;
  const stages: number[] = [];
  for (let at = 0; at < 5; at++)
    stages.push(
      make.add({
        name: `stage ${at + 1}`,
        kind: 'stage',
        startUs: START_US + at * 400e6,
        endUs: START_US + (at + 1) * 400e6,
      }),
    );
  for (let agent = 0; agent < agents; agent++) {
    const group = agent % 5;
    let at = START_US + group * 400e6 + make.next() * 20e6;
    const step = 360e6 / calls;
    const no = make.add({
      name: `agent ${agent + 1}`,
      kind: 'agent',
      parent: stages[group]!,
      startUs: at,
      endUs: at + 370e6,
    });
    for (let call = 0; call < calls; call++) {
      const length = step * (0.3 + make.next() * 0.6);
      const failed = make.next() < 0.0004;
      make.add({
        name: call % 2 ? 'Read' : 'chat',
        kind: call % 2 ? 'tool' : 'llm',
        parent: no,
        startUs: at,
        endUs: at + length,
        ...(failed && { status: 'error' as const, error: 'Timeout: no answer' }),
      });
      at += step;
      last = Math.max(last, at);
    }
  }
  return make.finish('ok', START_US + 2000e6);
}

/** One chain, `depth` spans deep. */
export function deepRun(depth: number): SampleRun {
  const make = new Maker();
  for (let level = 0; level < depth; level++)
    make.add({
      name: `level ${level}`,
      kind:
        level === 0
          ? 'agent'
          : (['llm', 'tool', 'task', 'retrieval', 'embedding', 'evaluation', 'decision'] as const)[
              level % 7
            ]!,
      parent: level - 1,
      startUs: START_US + level * 4e3,
      endUs: START_US + 100e6 - level * 4e3,
    });
  return make.finish('ok', START_US + 100e6);
}

export function emptyRun(live: boolean): SampleRun {
  return new Maker().finish(live ? 'running' : 'ok', START_US);
}

export function singleRun(): SampleRun {
  const make = new Maker();
  make.add({ name: 'one call', kind: 'llm', startUs: START_US, endUs: START_US + 1.4e6, model: 'gpt-5' });
  return make.finish('ok', START_US + 1.4e6);
}

/** Cut off: everything is open, the run is over. */
export function tornRun(): SampleRun {
  const { columns, header } = demoRun(true);
  return { columns, header: { ...header, status: 'interrupted' } };
}

/** Nothing went right. */
export function failedRun(): SampleRun {
  const { columns, header } = demoRun(false);
  const builder = new ColumnBuilder(columns);
  const error = builder.intern('ConnectionError: connect ECONNREFUSED 10.0.0.1:443');
  columns.status.fill(2);
  columns.error.fill(error);
  return { columns, header: { ...header, status: 'error' } };
}

/** A run that grows: each call of `grow` adds `count` calls, and sometimes an agent, up to `nowUs`. */
export function growingRun(): SampleRun & { grow: (nowUs: number, count: number) => void } {
  const builder = new ColumnBuilder(emptyColumns(64));
  const next = random(11);
  const agents: number[] = [];
  const open: (SpanRow & { endUs?: number })[] = [];
  const header: TimelineHeader = { status: 'running', startUs: START_US, lastUs: START_US };
  let count = 0;
  const add = (row: Omit<SpanRow, 'no' | 'tokens' | 'flags'>): SpanRow => {
    const full = { ...row, no: count++, tokens: 0, flags: 0 };
    builder.set(full);
    return full;
  };
  const stage = add({ name: 'work', kind: 'stage', parent: -1, status: 'unset', startUs: START_US });
  const run = {
    columns: builder.columns,
    header,
    grow(nowUs: number, spans: number) {
      header.lastUs = nowUs;
      for (const row of open.splice(0, Math.max(0, open.length - agents.length)))
        builder.set({ ...row, endUs: nowUs, status: next() < 0.01 ? 'error' : 'ok', error: 'Error: no' });
      for (let at = 0; at < spans; at++) {
        if (agents.length < 40 && (agents.length === 0 || next() < 0.02))
          agents.push(
            add({
              name: `agent ${agents.length + 1}`,
              kind: 'agent',
              parent: stage.no,
              status: 'unset',
              startUs: nowUs,
            }).no,
          );
        const parent = agents[Math.floor(next() * agents.length)]!;
        const kind = next() < 0.5 ? 'llm' : 'tool';
        open.push(add({ name: kind, kind, parent, status: 'unset', startUs: nowUs }));
      }
      run.columns = builder.columns;
    },
  };
  return run;
}

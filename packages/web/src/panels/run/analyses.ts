import { type AgentInfo, agentsOf } from '@tacho/trace/analysis/agents';
import { burnNow, tokenBurn } from '@tacho/trace/analysis/burn';
import { parallelismOf } from '@tacho/trace/analysis/concurrency';
import { type Judgement, judge } from '@tacho/trace/analysis/ledger';
import { criticalPathOf, type PathSegment } from '@tacho/trace/analysis/path/critical-path';
import { dependenciesOf } from '@tacho/trace/analysis/path/dependencies';
import { type Problem, problemsOf } from '@tacho/trace/analysis/problems';
import { type StageTable, stageTableOf } from '@tacho/trace/analysis/stage-table';
import { type StageInfo, stagesOf } from '@tacho/trace/analysis/stages';
import { countedCost } from '@tacho/trace/analysis/tally';
import { type SpanTree, treeOf } from '@tacho/trace/analysis/tree';
import { kindCode, type SpanColumns } from '@tacho/trace/model/columns';
import type { RunSummary } from '@tacho/trace/model/summary';
import type { UsualTime } from '@tacho/trace/model/usual-time';

/** Points of the burn curve: one for every two pixels of its chart. */
const BURN_POINTS = 160;

const STAGE = kindCode('stage');

/**
 * What is worked out of a run's columns, each figure when it is first asked for. One object stands for one state of the
 * run: the arrays of a live run change in place, so the number of spans is held here.
 */
export class Analyses {
  readonly columns: SpanColumns;
  readonly header: RunSummary;
  /** The server's now; the last time in the run once it is over. */
  readonly nowUs: number;
  /** Milliseconds that asking took so far: decides how often a live run is worked out anew. */
  costMs = 0;
  /** How long calls took in earlier runs. */
  readonly #usual: readonly UsualTime[];
  readonly #known = new Map<string, unknown>();

  /** `before` lends its tree when it is of the same columns and only the time has changed. */
  constructor(
    columns: SpanColumns,
    header: RunSummary,
    nowUs: number,
    usual: readonly UsualTime[] = [],
    before?: Analyses,
  ) {
    this.#usual = usual;
    this.columns = { ...columns };
    this.header = header;
    this.nowUs = nowUs;
    if (before === undefined) return;
    for (const name of ['tree', 'judgement', 'stageTable']) {
      const value = before.#known.get(name);
      if (value !== undefined) this.#known.set(name, value);
    }
  }

  #once<T>(name: string, make: () => T): T {
    const known = this.#known.get(name);
    if (known !== undefined) return known as T;
    const startMs = performance.now();
    const before = this.costMs;
    const value = make();
    // What it asked for on its way has counted itself.
    this.costMs = before + performance.now() - startMs;
    this.#known.set(name, value);
    return value;
  }

  get tree(): SpanTree {
    return this.#once('tree', () => treeOf(this.columns));
  }
  get judgement(): Judgement {
    return this.#once('judgement', () => judge(this.columns, this.tree));
  }
  /** Tokens, known cost and calls without a price that count in each span and everything inside it, by span number. */
  get totals(): { tokens: Float64Array; costUsd: Float64Array; unpriced: Uint32Array } {
    return this.#once('totals', () => {
      const { columns, tree, judgement } = this;
      const tokens = judgement.tokens.slice(0, columns.count);
      const costUsd = new Float64Array(columns.count);
      const unpriced = new Uint32Array(columns.count);
      // Children come after their parents: backwards, each sum is complete when it is handed on.
      for (let at = columns.count - 1; at >= 0; at--) {
        const no = tree.order[at]!;
        const own = countedCost(columns, judgement, no);
        if (own === null) unpriced[no] = unpriced[no]! + 1;
        else if (own !== undefined) costUsd[no] = costUsd[no]! + own;
        const up = tree.parent[no]!;
        if (up < 0) continue;
        tokens[up] = tokens[up]! + tokens[no]!;
        costUsd[up] = costUsd[up]! + costUsd[no]!;
        unpriced[up] = unpriced[up]! + unpriced[no]!;
      }
      return { tokens, costUsd, unpriced };
    });
  }
  get agents(): AgentInfo[] {
    return this.#once('agents', () =>
      agentsOf(this.columns, this.tree, this.nowUs, {
        runStatus: this.header.status,
        history: this.#usual,
        judgement: this.judgement,
      }),
    );
  }
  get stages(): StageInfo[] {
    return this.#once('stages', () =>
      stagesOf(this.header, this.columns, this.tree, this.nowUs, this.judgement),
    );
  }
  /** Stages of any depth, and those that are only planned. */
  get stageCount(): number {
    return this.#once('stageCount', () => {
      let count = this.stages.filter(({ no }) => no < 0).length;
      for (let no = 0; no < this.columns.count; no++) if (this.columns.kind[no] === STAGE) count++;
      return count;
    });
  }
  get stageTable(): StageTable {
    return this.#once('stageTable', () =>
      stageTableOf(this.columns, this.tree, this.judgement, this.stages, this.header.status !== 'running'),
    );
  }
  get problems(): Problem[] {
    return this.#once('problems', () =>
      problemsOf(this.columns, this.tree, this.nowUs, this.header.status, this.judgement, this.#usual),
    );
  }
  /** What decided how long the run took. */
  get criticalPath(): readonly PathSegment[] {
    return this.#once(
      'criticalPath',
      () => criticalPathOf(dependenciesOf(this.columns, this.tree, this.nowUs)).segments,
    );
  }
  get parallelism(): number {
    return this.#once('parallelism', () => parallelismOf(this.columns, this.tree, this.nowUs));
  }
  /** Tokens a minute over the last half minute; what they were on the whole once the run is over. */
  get burnNow(): number {
    return this.#once('burnNow', () => burnNow(this.columns, this.tree, this.nowUs, this.judgement));
  }
  get burn(): { tsUs: Float64Array; perMinute: Float64Array } {
    return this.#once('burn', () =>
      tokenBurn(this.columns, this.tree, {
        nowUs: this.nowUs,
        fromUs: this.header.startUs,
        points: BURN_POINTS,
        judgement: this.judgement,
      }),
    );
  }
}

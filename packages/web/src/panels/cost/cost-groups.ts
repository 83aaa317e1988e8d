import type { Judgement } from '@tacho/trace/analysis/ledger';
import { agentOwners, owners } from '@tacho/trace/analysis/owners';
import { stageGroups, stageNumbers } from '@tacho/trace/analysis/stages';
import { countedCost } from '@tacho/trace/analysis/tally';
import type { SpanTree } from '@tacho/trace/analysis/tree';
import { kindAt, type SpanColumns, textAt } from '@tacho/trace/model/columns';
import type { CostGrouping } from '../../state/url.ts';

/** What of a run's tokens and cost belongs together. */
export type CostGroup = {
  key: string;
  name: string;
  /** The span that the group is: a stage or an agent. */
  no?: number;
  tokens: number;
  /** Known cost in USD; a lower bound while `unpriced` is not 0. */
  costUsd: number;
  unpriced: number;
  /** Numbers of the spans that count, the most expensive first. */
  calls: number[];
};

type Facts = { columns: SpanColumns; tree: SpanTree; judgement: Judgement };

/** Groups, the most expensive first. Every span that counts is in one of them: they add up to the run. */
export function costGroups(facts: Facts, by: CostGrouping): CostGroup[] {
  const { columns, judgement } = facts;
  const groupOf = GROUPINGS[by](facts);
  const groups = new Map<string, CostGroup>();
  for (let no = 0; no < columns.count; no++) {
    const cost = countedCost(columns, judgement, no);
    const tokens = judgement.tokens[no]!;
    if (cost === undefined && tokens === 0) continue;
    const { key, name, at } = groupOf(no);
    let group = groups.get(key);
    if (group === undefined) {
      group = {
        key,
        name,
        tokens: 0,
        costUsd: 0,
        unpriced: 0,
        calls: [],
        ...(at !== undefined && { no: at }),
      };
      groups.set(key, group);
    }
    group.tokens += tokens;
    if (cost === null) group.unpriced++;
    else group.costUsd += cost ?? 0;
    group.calls.push(no);
  }
  const costOf = (no: number): number => countedCost(columns, judgement, no) ?? 0;
  for (const group of groups.values())
    group.calls.sort((a, b) => costOf(b) - costOf(a) || judgement.tokens[b]! - judgement.tokens[a]! || a - b);
  return [...groups.values()].sort((a, b) => b.costUsd - a.costUsd || b.tokens - a.tokens);
}

type Group = { key: string; name: string; at?: number };

const nameAt = (columns: SpanColumns, no: number): string => textAt(columns, 'name', no) || '(unnamed)';

const GROUPINGS: Record<CostGrouping, (facts: Facts) => (no: number) => Group> = {
  stage({ columns, tree }) {
    const stages = stageNumbers(columns, tree);
    const group = stageGroups(columns, tree, stages);
    return (no) => spanGroup(columns, stages[group[no]!], 'outside of stages');
  },
  agent({ columns, tree }) {
    const owner = agentOwners(columns, tree);
    return (no) => spanGroup(columns, owner[no]! < 0 ? undefined : owner[no]!, 'outside of agents');
  },
  model({ columns }) {
    return (no) => {
      const name = textAt(columns, 'model', no) || 'no model named';
      return { key: name, name };
    };
  },
  tool({ columns, tree }) {
    const isTool = (no: number): boolean => kindAt(columns, no) === 'tool';
    const owner = owners(columns, tree, isTool);
    return (no) => {
      const at = owner[no]!;
      const name = at < 0 ? 'outside of tools' : textAt(columns, 'tool', at) || nameAt(columns, at);
      return { key: name, name };
    };
  },
};

function spanGroup(columns: SpanColumns, no: number | undefined, none: string): Group {
  return no === undefined ? { key: '', name: none } : { key: String(no), name: nameAt(columns, no), at: no };
}

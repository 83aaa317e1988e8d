import { kindAt, kindCode, type SpanColumns, textAt } from '../../model/columns.ts';
import { agentOwners } from '../owners.ts';
import { stageGroups, stageNumbers } from '../stages.ts';
import type { SpanTree } from '../tree.ts';

/** By what the time of a path is told apart. */
export const PATH_GROUPINGS = ['stage', 'agent', 'kind', 'tool', 'model'] as const;
export type PathGrouping = (typeof PATH_GROUPINGS)[number];

const TOOL = kindCode('tool');

/** For every span the name of its group, '' where it belongs to none. */
export type GroupOf = (no: number) => string;

/** Stages and agents by the nearest one at or above a span; kinds, tools and models by the span's own. */
export const GROUPERS: Record<PathGrouping, (columns: SpanColumns, tree: SpanTree) => GroupOf> = {
  stage(columns, tree) {
    const stages = stageNumbers(columns, tree);
    const group = stageGroups(columns, tree, stages);
    return (no) => (group[no]! < 0 ? '' : textAt(columns, 'name', stages[group[no]!]!));
  },
  agent(columns, tree) {
    const owner = agentOwners(columns, tree);
    return (no) => (owner[no]! < 0 ? '' : textAt(columns, 'name', owner[no]!));
  },
  kind: (columns) => (no) => kindAt(columns, no),
  tool: (columns) => (no) =>
    columns.kind[no] === TOOL ? textAt(columns, 'tool', no) || textAt(columns, 'name', no) : '',
  model: (columns) => (no) => textAt(columns, 'model', no),
};

import type { Recipe, Stage } from './recipe.ts';
import { inOrder } from './stage-order.ts';

/** What of a recipe is wanted this time. */
export type Choice = {
  /** Begin with this stage: those before it count as done. */
  from?: string;
  /** These stages alone; the others count as done. */
  only?: readonly string[];
  /** Run stages whose artifact is there already, too. */
  force?: boolean;
};

export type ChosenStage = {
  stage: Stage;
  /** Why it is not wanted this time. */
  leftOut?: string;
};

/** The stages in their order, with those that are left out. `unknown` are ids that the recipe has not. */
export function chooseStages(
  recipe: Recipe,
  { from, only }: Choice,
): { stages: ChosenStage[]; unknown: string[] } {
  const ordered = inOrder(recipe.stages);
  const ids = new Set(ordered.map(({ id }) => id));
  const wanted = [...(from === undefined ? [] : [from]), ...(only ?? [])];
  const first = from === undefined ? 0 : ordered.findIndex(({ id }) => id === from);
  const stages = ordered.map((stage, at): ChosenStage => {
    if (at < first) return { stage, leftOut: `stands before ${from}` };
    if (only !== undefined && !only.includes(stage.id)) return { stage, leftOut: 'not asked for' };
    return { stage };
  });
  return { stages, unknown: wanted.filter((id) => !ids.has(id)) };
}

/** Why a stage that is wanted need not run; undefined when it must. */
export function spared(
  stage: Stage,
  { force }: Choice,
  exists: (artifact: string) => boolean,
): string | undefined {
  if (force || !stage.skipIfExists || stage.artifact === undefined) return undefined;
  return exists(stage.artifact) ? `${stage.artifact} exists` : undefined;
}

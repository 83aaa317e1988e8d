import { type GroupFigures, GroupTally } from './group-tally.ts';
import { hasEnded, type JudgedEntry } from './judged-entry.ts';
import type { Settlement } from './task-outcomes.ts';

/** Tallies by agent, benchmark or whatever names runs. */
export class Groups {
  readonly #groups = new Map<string, GroupTally>();
  /** Runs that came to an end and have no name. */
  without = 0;

  add(name: string | undefined, entry: JudgedEntry): void {
    if (name === undefined) {
      if (hasEnded(entry)) this.without++;
      return;
    }
    let group = this.#groups.get(name);
    if (!group) {
      group = new GroupTally();
      this.#groups.set(name, group);
    }
    group.add(entry);
  }

  /** The largest first. */
  figures(settlement: Settlement): [name: string, figures: GroupFigures][] {
    return [...this.#groups]
      .sort(([name, one], [other, two]) => two.ended - one.ended || (name < other ? -1 : 1))
      .map(([name, group]) => [name, group.figures(settlement)]);
  }
}

export type TypeAndModel = { task_type: string | null; model: string | null } & GroupFigures;

/** Figures by task type and model together; runs that say neither have a line of their own. */
export class TypesAndModels {
  readonly #groups = new Map<string | undefined, Map<string | undefined, GroupTally>>();

  add(entry: JudgedEntry): void {
    const { taskType, model } = entry.facts;
    let models = this.#groups.get(taskType);
    if (!models) {
      models = new Map();
      this.#groups.set(taskType, models);
    }
    let group = models.get(model);
    if (!group) {
      group = new GroupTally();
      models.set(model, group);
    }
    group.add(entry);
  }

  /** The largest first, then by their names. */
  figures(settlement: Settlement): TypeAndModel[] {
    return [...this.#groups]
      .flatMap(([type, models]) =>
        [...models].map(([model, group]) => ({ task_type: type ?? null, model: model ?? null, group })),
      )
      .sort((one, two) => two.group.ended - one.group.ended || (named(one) < named(two) ? -1 : 1))
      .map(({ task_type, model, group }) => ({ task_type, model, ...group.figures(settlement) }));
  }
}

function named({ task_type, model }: Pick<TypeAndModel, 'task_type' | 'model'>): string {
  return JSON.stringify([task_type, model]);
}

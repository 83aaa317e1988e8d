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
  readonly #groups = new Groups();

  add(entry: JudgedEntry): void {
    const { taskType = null, model = null } = entry.facts;
    // As JSON, no pair of names can be taken for another.
    this.#groups.add(JSON.stringify([taskType, model]), entry);
  }

  figures(settlement: Settlement): TypeAndModel[] {
    return this.#groups.figures(settlement).map(([pair, figures]) => {
      const [task_type, model] = JSON.parse(pair) as [string | null, string | null];
      return { task_type, model, ...figures };
    });
  }
}

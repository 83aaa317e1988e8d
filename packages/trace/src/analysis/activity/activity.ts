import { emptyRun, RunFold } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import { type Action, actionsOf } from './actions.ts';
import { type Allocation, allocationOf } from './allocation.ts';
import { type ContextSwitching, contextSwitchingOf } from './context-switches.ts';
import { type Navigation, navigationOf } from './navigation.ts';
import { type ToolUsage, toolUsageOf } from './tool-usage.ts';

/** What the agents of a run did with code. */
export type Activity = {
  actions: readonly Action[];
  allocation: Allocation;
  navigation: Navigation;
  contextSwitching: ContextSwitching;
  toolUsage: ToolUsage;
};

/** The activity of a run with its payloads: without arguments nobody can tell what a shell did, or to which file. */
export function activityOf(run: Run): Activity {
  const actions = actionsOf(run);
  const navigation = navigationOf(actions);
  return {
    actions,
    allocation: allocationOf(actions),
    navigation,
    contextSwitching: contextSwitchingOf(navigation.timeline),
    toolUsage: toolUsageOf(actions),
  };
}

/** The same while the run goes on: records as they come, in any portions, give what the whole run gives. */
export class ActivityCollector {
  readonly #fold: RunFold;

  constructor(runId = 'run') {
    this.#fold = new RunFold(emptyRun(runId));
  }

  onEvent(record: TraceRecord): void {
    this.#fold.apply(record);
  }

  /** The activity so far; more may follow. */
  finalize(): Activity {
    return activityOf(this.#fold.run);
  }
}

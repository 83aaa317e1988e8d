import { emptyRun, RunFold } from '../../model/fold.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Run } from '../../model/run.ts';
import { type Prepared, prepare } from '../summary.ts';
import { type Action, actionsOf } from './actions.ts';
import { type ActivityError, activityErrorsOf } from './activity-errors.ts';
import { type AgentArm, agentArmOf } from './agent-arm.ts';
import { type Allocation, allocationOf } from './allocation.ts';
import { type BuildTest, buildTestOf } from './build-test.ts';
import { type Comprehension, comprehensionOf } from './comprehension.ts';
import { type ContextSwitching, contextSwitchingOf } from './context-switches.ts';
import { type Implementation, implementationOf } from './implementation.ts';
import { modelCallsOf } from './model-calls.ts';
import { type Navigation, navigationOf } from './navigation.ts';
import { phaseTimeOf } from './phase-time.ts';
import { type PhaseTokens, phaseTokensOf } from './phase-tokens.ts';
import { type QualityIndicators, qualityIndicatorsOf } from './quality-indicators.ts';
import { scopesOf } from './scopes.ts';
import { type ToolUsage, toolUsageOf } from './tool-usage.ts';

/** What the agents of a run did with code. */
export type Activity = {
  arm: AgentArm;
  actions: readonly Action[];
  /** False: no call has kept its arguments, so that nobody knows which files were read and what a shell did. */
  argumentsKnown: boolean;
  allocation: Allocation;
  /** Null where no tokens are known. */
  tokens: PhaseTokens | null;
  navigation: Navigation;
  toolUsage: ToolUsage;
  buildTest: BuildTest;
  comprehension: Comprehension;
  implementation: Implementation;
  contextSwitching: ContextSwitching;
  quality: QualityIndicators;
  errors: readonly ActivityError[];
};

/**
 * The activity of a run with its payloads: without arguments nobody can tell what a shell did, or to which file.
 * `prepared` saves counting the run again.
 */
export function activityOf(run: Run, prepared: Prepared = prepare(run)): Activity {
  const scopes = scopesOf(prepared);
  const actions = actionsOf(run, prepared);
  const calls = modelCallsOf(run, actions, scopes);
  const navigation = navigationOf(actions);
  const toolUsage = toolUsageOf(actions);
  const buildTest = buildTestOf(actions);
  return {
    arm: agentArmOf(run, toolUsage.mcpTools.length > 0),
    actions,
    argumentsKnown: actions.length === 0 || actions.some(({ span }) => (span.inputs ?? null) !== null),
    allocation: allocationOf(actions, phaseTimeOf(run, actions, calls.calls), run.startUs),
    tokens: phaseTokensOf(run, prepared.ledger, calls.calls, actions),
    navigation,
    toolUsage,
    buildTest,
    comprehension: comprehensionOf(actions, buildTest.cycles, calls),
    implementation: implementationOf(actions, buildTest.cycles),
    contextSwitching: contextSwitchingOf(navigation.timeline),
    quality: qualityIndicatorsOf(run, buildTest),
    errors: activityErrorsOf(actions, buildTest.cycles),
  };
}

/** The same while the run goes on: records as they come, in any portions, give what the whole run gives. */
export class ActivityCollector {
  readonly #fold: RunFold;

  constructor(runId = 'run') {
    this.#fold = new RunFold(emptyRun(runId));
  }

  /** Takes a record in. Records of other runs must be kept apart by the caller. */
  onEvent(record: TraceRecord): void {
    this.#fold.apply(record);
  }

  /** The run so far, for those who write it. */
  get run(): Run {
    return this.#fold.run;
  }

  /** The activity so far; more may follow. */
  finalize(): Activity {
    return activityOf(this.#fold.run);
  }
}

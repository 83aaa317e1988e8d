/**
 * A strip of the timeline. `agent`: an agent's own. `named`: asked for by name (nameLane), one for each stage it is used
 * in. `stage`: the stage's own bar and the work that belongs to it directly; it heads its group. `run`: what belongs to
 * no agent and no stage. `missing`: work whose parent is not in the run.
 */
export type LaneKind = 'agent' | 'named' | 'stage' | 'run' | 'missing';

export type Lane = {
  /** Stays the same while the run goes on. */
  key: string;
  kind: LaneKind;
  name: string;
  /** Number of the (first) agent in it, or -1. */
  agent: number;
  /** Number of the stage whose group it is in, or -1. */
  stage: number;
  /** Sub-lanes, at least 1. */
  rows: number;
  firstUs: number;
};

import type { Run } from '../../model/run.ts';

/** The arm of an experiment that a run belongs to, in the seed's words. */
export type AgentArm = 'baseline' | 'mcp' | 'other';

/** Labels in which harnesses name the arm, the nearest first. */
const LABELS = ['agent_type', 'arm', 'variant', 'agent', 'job', 'task_id'];

/** A folder that is an arm, and no repository that happens to be about MCP. */
const FOLDER = /^(?:claude[-_])?(baseline|mcp)(?:[-_]only)?(?:-.*-\d{8}.*)?$/;

/**
 * The arm that a run says it is in: by its labels, the name of its file or the folders around it; else `mcp` where it used
 * a server's tools, and `other` where nothing tells.
 */
export function agentArmOf(run: Run, usedServers: boolean): AgentArm {
  for (const name of LABELS) {
    const arm = armIn(run.labels[name] ?? '');
    if (arm !== undefined) return arm;
  }
  const { job_dir: job } = run.attributes;
  const paths = [run.source?.uri ?? '', typeof job === 'string' ? `${job}/` : ''];
  for (const path of paths) {
    const parts = path.split(/[\\/]/).reverse();
    const arm =
      armIn(parts[0] ?? '') ??
      parts
        .slice(1)
        .map(armOfFolder)
        .find((found) => found !== undefined);
    if (arm !== undefined) return arm;
  }
  return usedServers ? 'mcp' : 'other';
}

function armIn(text: string): AgentArm | undefined {
  const words = text.toLowerCase().split(/[^a-z0-9]+/);
  return words.includes('baseline') ? 'baseline' : words.includes('mcp') ? 'mcp' : undefined;
}

function armOfFolder(name: string): AgentArm | undefined {
  return FOLDER.exec(name.toLowerCase())?.[1] as AgentArm | undefined;
}

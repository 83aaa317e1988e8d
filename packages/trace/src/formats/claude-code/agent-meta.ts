import { asString, isObject } from '../../model/json.ts';
import type { SpanUpdateRecord } from '../../model/record.ts';
import { agentSpanId, toolSpanId } from '../claude-ids.ts';

const META_NAME = /^agent-(.+)\.meta\.json$/;

/** The id of the agent that `agent-<id>.meta.json` describes; undefined for every other name. */
export function agentOfMetaName(name: string | undefined): string | undefined {
  return name === undefined ? undefined : META_NAME.exec(name)?.[1];
}

/** What meta.json knows of a subagent, or the reason, as a sentence, why it tells nothing. */
export function agentFromMeta(
  agentId: string,
  text: string,
  runId: string | undefined,
): SpanUpdateRecord | string {
  let meta: unknown;
  try {
    meta = JSON.parse(text);
  } catch (error) {
    return `not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!isObject(meta)) return 'expected an object with "agentType"';
  if (runId === undefined)
    return 'says nothing of its session; it is read together with the folder <session>/subagents it stands in';
  const role = asString(meta.agentType);
  const name = asString(meta.description);
  const tool = asString(meta.toolUseId);
  const parentAgent = asString(meta.parentAgentId);
  const worktree = asString(meta.worktreePath);
  return {
    event: 'span_update',
    run_id: runId,
    span_id: agentSpanId(agentId),
    kind: 'agent',
    ...(name === undefined ? { component: role ?? agentId } : { name }),
    ...(role !== undefined && { role }),
    ...(tool !== undefined && { parent: toolSpanId(tool, parentAgent) }),
    ...(worktree !== undefined && { attributes: { worktree } }),
  };
}

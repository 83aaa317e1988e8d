/** The span of a Claude Code session's main loop. */
export const ROOT = 'claude-code';

/** The span of a subagent: the same from its own file, its parent's file, its meta.json and what `claude -p` prints. */
export function agentSpanId(agentId: string): string {
  return `agent:${agentId}`;
}

/** The span of a tool call. A subagent's carry its id: its file may repeat calls of the session it was forked from. */
export function toolSpanId(toolUseId: string, agentId?: string): string {
  return agentId === undefined ? `tool:${toolUseId}` : `${agentSpanId(agentId)}/tool:${toolUseId}`;
}

import { asString, isObject, type JsonObject } from '../../model/json.ts';
import { contentText } from '../excerpt.ts';
import type { Scope } from './scope.ts';
import type { OpenTool, Session } from './session.ts';
import { firstWords } from './short-text.ts';

/** The tool call that started the agent is known: the agent belongs under it, and has its name from there. */
export function linkAgent(session: Session, tool: OpenTool, agent: Scope): void {
  tool.agent = agent;
  if (agent.linked) return;
  agent.linked = true;
  const { description, role, prompt } = tool.task ?? {};
  const name = description ?? (prompt ? firstWords(prompt) : undefined) ?? agent.title;
  agent.span.tell({
    kind: 'agent',
    parent: tool.span.spanId,
    ...(name !== undefined && { name }),
    ...(role !== undefined && { role }),
  });
  session.touched.add(agent);
}

/** The agent that a line on a side chain belongs to. */
export function sidechainScope(session: Session, line: JsonObject): Scope {
  const agentId = asString(line.agentId);
  if (agentId !== undefined) return titled(session.agentScope(agentId), line);
  // Before agents had ids: a chain begins with the prompt that a Task was called with.
  const uuid = asString(line.uuid);
  const parentUuid = asString(line.parentUuid);
  const known = parentUuid === undefined ? undefined : session.chains.get(parentUuid);
  const scope = known ?? beginChain(session, line, uuid ?? 'sidechain');
  if (uuid !== undefined) session.chains.set(uuid, scope);
  return scope;
}

function beginChain(session: Session, line: JsonObject, uuid: string): Scope {
  const prompt = promptOf(line);
  for (const [id, tool] of session.openTools) {
    if (tool.task === undefined || tool.agent !== undefined || tool.task.prompt !== prompt) continue;
    const scope = titled(session.agentScope(id), line);
    linkAgent(session, tool, scope);
    return scope;
  }
  return titled(session.agentScope(uuid), line);
}

function titled(scope: Scope, line: JsonObject): Scope {
  if (scope.title === undefined && line.type === 'user')
    scope.title = firstWords(promptOf(line)) || undefined;
  return scope;
}

function promptOf(line: JsonObject): string {
  return isObject(line.message) ? contentText(line.message.content) : '';
}

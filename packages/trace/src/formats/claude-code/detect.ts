import { isObject, type JsonObject } from '../../model/json.ts';
import type { Head, Likelihood } from '../format.ts';
import { agentOfMetaName } from './agent-meta.ts';

/** Lines looked at: some files begin with twenty snapshots before the first message. */
const LINES = 40;

/** What makes an object a line of a transcript: its type, and a field that no other tool's lines of that type have. */
const MARKS: Record<string, readonly string[]> = {
  user: ['parentUuid', 'isSidechain', 'sessionId'],
  assistant: ['parentUuid', 'isSidechain', 'sessionId'],
  system: ['parentUuid', 'isSidechain', 'sessionId'],
  attachment: ['attachment'],
  progress: ['parentUuid', 'parentToolUseID'],
  summary: ['leafUuid'],
  'file-history-snapshot': ['snapshot'],
  'file-history-delta': ['messageId'],
  'queue-operation': ['operation'],
  'ai-title': ['aiTitle'],
  'custom-title': ['customTitle'],
  'agent-name': ['agentName'],
  'last-prompt': ['lastPrompt'],
  'permission-mode': ['permissionMode'],
  mode: ['mode'],
  'pr-link': ['prUrl'],
};

/** A line too long for the head, or torn: its beginning says enough. */
const BEGINNING =
  /^\{"(?:parentUuid|logicalParentUuid)":|^\{"type":"(?:file-history-snapshot|queue-operation)",|"isSidechain":(?:true|false)/;

/** How sure we are that this is a transcript of Claude Code, or the meta.json beside a subagent's. */
export function detect(head: Head): Likelihood {
  if (agentOfMetaName(head.name) !== undefined) return isMeta(head) ? 0.9 : 0;
  let seen = 0;
  let ours = 0;
  for (const text of head.text.split('\n', LINES)) {
    const trimmed = text.trim();
    if (trimmed === '') continue;
    const line = parse(trimmed);
    if (line === undefined) {
      // Neither whole JSON nor ours by its beginning: counts against us only when it is no JSON at all.
      if (BEGINNING.test(trimmed.slice(0, 2000))) {
        seen++;
        ours++;
      } else if (!trimmed.startsWith('{')) seen++;
      continue;
    }
    seen++;
    if (isOurs(line)) ours++;
  }
  if (ours === 0) return 0;
  return 0.5 + 0.45 * (ours / seen);
}

function isOurs(line: JsonObject): boolean {
  // `claude -p` prints messages that look alike, with snake_case envelopes and without places in a tree.
  if (
    line.parentUuid === undefined &&
    (line.parent_tool_use_id !== undefined || line.session_id !== undefined)
  )
    return false;
  const { type } = line;
  if (typeof type !== 'string' || !Object.hasOwn(MARKS, type)) return false;
  return MARKS[type]!.some((field) => line[field] !== undefined);
}

function isMeta(head: Head): boolean {
  const meta = head.complete ? parse(head.text) : undefined;
  return meta !== undefined && typeof meta.agentType === 'string';
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

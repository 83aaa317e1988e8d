import { asNumber, asString, isObject, type JsonObject } from '../../model/json.ts';
import { parseTimestamp } from '../../model/time.ts';
import type { RunFacts } from './run-facts.ts';
import type { Session } from './session.ts';
import { firstWords } from './short-text.ts';

type Reader = (session: Session, facts: RunFacts, line: JsonObject) => void;

/** What a line beside the conversation says: without a place in its tree, often without a time. Others are only counted. */
const SIDE_LINES: Record<string, Reader> = {
  summary: (_session, facts, line) => {
    const summary = asString(line.summary);
    if (summary !== undefined) facts.summary(summary, asString(line.leafUuid));
  },
  'ai-title': (_session, facts, line) => facts.title('ai-title', asString(line.aiTitle)),
  'custom-title': (_session, facts, line) => facts.title('custom-title', asString(line.customTitle)),
  'agent-name': (_session, facts, line) => facts.label('agent_name', asString(line.agentName)),
  tag: (_session, facts, line) => facts.label('tag', asString(line.tag)),
  mode: (_session, facts, line) => facts.attribute('mode', asString(line.mode)),
  'permission-mode': (_session, facts, line) =>
    facts.attribute('permission_mode', asString(line.permissionMode)),
  'last-prompt': (_session, facts, line) => facts.lastPrompt(asString(line.lastPrompt)),
  'pr-link': (session, facts, line) => {
    facts.attribute('pull_request', asString(line.prUrl));
    moment(session, line, `pull request ${asNumber(line.prNumber) ?? ''}`.trim(), {
      url: asString(line.prUrl) ?? '',
    });
  },
  'frame-link': (session, _facts, line) =>
    moment(session, line, firstWords(`page ${asString(line.title) ?? ''}`), {
      url: asString(line.frameUrl) ?? '',
    }),
  'queue-operation': (session, _facts, line) => {
    const operation = asString(line.operation);
    // Taking a prompt from the queue is the prompt's own line a moment later.
    if (operation === undefined || operation === 'dequeue') return;
    const prompt = asString(line.content);
    moment(session, line, operation === 'enqueue' ? 'prompt queued' : 'queued prompt taken back', {
      ...(prompt !== undefined && { prompt: firstWords(prompt, 200) }),
    });
  },
  relocated: (_session, facts, line) => facts.attribute('relocated_cwd', asString(line.relocatedCwd)),
  'worktree-state': (_session, facts, line) => {
    if (isObject(line.worktreeSession))
      facts.attribute('worktree', asString(line.worktreeSession.worktreePath));
  },
  'file-history-snapshot': (session, _facts, line) => {
    // The only times in a file without messages.
    const us = isObject(line.snapshot) ? parseTimestamp(line.snapshot.timestamp) : undefined;
    if (us !== undefined && us > session.nowUs) session.nowUs = us;
  },
};

/** Reads a line beside the conversation. */
export function readSideLine(session: Session, facts: RunFacts, type: string, line: JsonObject): void {
  if (Object.hasOwn(SIDE_LINES, type)) SIDE_LINES[type]!(session, facts, line);
}

function moment(session: Session, line: JsonObject, name: string, attributes: JsonObject): void {
  const us = parseTimestamp(line.timestamp);
  if (us === undefined || session.agentFile) return;
  session.event(session.mainScope(us), name, us, attributes);
}

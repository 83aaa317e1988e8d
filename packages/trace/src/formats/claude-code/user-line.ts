import { asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { cutText } from '../../model/short-text.ts';
import { contentText, previewOf, printable } from '../excerpt.ts';
import { classifyText } from './prompt.ts';
import type { Scope } from './scope.ts';
import type { Session } from './session.ts';
import { abandonTools, closeTool } from './tool-call.ts';
import { beginTurn } from './turn.ts';

/** A call's inputs name what was new to the model. Results stand in full at their tools, prompts at their turns. */
const PREVIEW_CHARS = 500;
const MAX_NEWS = 50;

/** Reads a line in the user's place: a prompt, results of tools, or what the harness puts in. */
export function readUser(session: Session, scope: Scope, line: JsonObject, us: number): void {
  const message = isObject(line.message) ? line.message : {};
  const { content } = message;
  const blocks: JsonValue[] = Array.isArray(content) ? content : [];
  const results = blocks.filter(isResult);
  // A note of the harness belongs to a result; where a line has several, nobody says to which.
  const note = results.length === 1 ? line.toolUseResult : undefined;
  for (const block of results) {
    const id = asString(block.tool_use_id) ?? asString(line.sourceToolUseID);
    if (id === undefined) continue;
    closeTool(session, scope, { id, block, result: note, denial: asString(line.toolDenialKind), us });
    remember(scope, { type: 'tool_result', tool_use_id: id, ...previewOf(contentText(block.content)) });
    if (scope.step !== 'interrupted') scope.step = 'results';
  }
  const text =
    results.length === 0 ? contentText(content) : contentText(blocks.filter((block) => !isResult(block)));
  if (results.length === 0 || text !== '') readText(session, scope, line, content, text, us);
  if (us > scope.inputUs) scope.inputUs = us;
  if (scope.turn !== undefined && us > scope.turn.lastUs) scope.turn.lastUs = us;
}

function isResult(block: JsonValue): block is JsonObject {
  return isObject(block) && typeof block.type === 'string' && block.type.endsWith('tool_result');
}

function readText(
  session: Session,
  scope: Scope,
  line: JsonObject,
  content: JsonValue | undefined,
  text: string,
  us: number,
): void {
  if (line.isCompactSummary === true) {
    remember(scope, { type: 'summary', ...previewOf(text) });
    return;
  }
  if (line.isMeta === true) {
    remember(scope, { type: 'note', ...previewOf(text) });
    return;
  }
  const said = classifyText(text);
  if (said.is === 'interrupt') {
    abandonTools(session, scope, us, 'stopped by the user');
    session.event(scope, said.title, us, {}, 'warning');
    scope.step = 'interrupted';
    return;
  }
  if (said.is === 'local' || said.is === 'note') {
    if (said.is === 'local') session.event(scope, said.title, us, { text: cutText(text, PREVIEW_CHARS) });
    remember(scope, { type: said.is, ...previewOf(text) });
    return;
  }
  if (scope.isMain) beginTurn(session, scope, promptOf(line, content, said, us));
  else if (scope.step === 'none') {
    scope.span.tell({ inputs: printable(content) });
    scope.step = 'asked';
  } else {
    // A message to an agent at work, or to one that is called again.
    session.event(scope, said.title, us);
    scope.step = 'asked';
    scope.finished = false;
  }
  remember(scope, { type: 'prompt', ...previewOf(text) });
}

function promptOf(
  line: JsonObject,
  content: JsonValue | undefined,
  said: { is: string; title: string; task: string },
  us: number,
): Parameters<typeof beginTurn>[2] {
  const origin = isObject(line.origin) ? asString(line.origin.kind) : undefined;
  const source = asString(line.promptSource);
  return {
    us,
    title: said.title || 'prompt',
    task: said.task,
    content: printable(content),
    uuid: asString(line.uuid),
    parentUuid: asString(line.parentUuid),
    isCommand: said.is === 'command',
    attributes: {
      ...(origin !== undefined && origin !== 'human' && { origin }),
      ...(source !== undefined && { prompt_source: source }),
    },
  };
}

function remember(scope: Scope, item: JsonObject): void {
  if (scope.news.length < MAX_NEWS) scope.news.push(item);
}

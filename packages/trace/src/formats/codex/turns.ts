import type { JsonValue } from '../../model/json.ts';
import { cutText } from '../../model/short-text.ts';
import type { Turn } from '../agent-scope.ts';
import { previewOf, printable, titleOf } from '../excerpt.ts';
import { requestOf } from './request.ts';
import type { Session } from './session.ts';

const TASK_CHARS = 2000;
/** Clocks of lines and of the thread's beginning differ by less; a model takes longer than this to answer. */
const FORK_SLACK_US = 1_000_000;

/** What the harness puts into the conversation in the user's place, by how it begins. */
const NOTES =
  /^\s*(?:<(?:environment_context|user_instructions|permissions|collaboration_mode|skills?_instructions|apps_instructions|model_switch|turn_aborted|subagent_notification|user_shell_command|INSTRUCTIONS)\b|# AGENTS\.md instructions)/;

/** The turn of this id; the one at hand when it has none yet and nothing was done in it. */
export function turnOf(session: Session, us: number, id: string | undefined): Turn {
  const { scope } = session;
  const { turn } = scope;
  if (turn !== undefined && (id === undefined || turn.id === id)) return turn;
  if (turn !== undefined && turn.id === undefined && !turn.active && !turn.done) {
    turn.id = id;
    return turn;
  }
  const begun = scope.beginTurn(us, id);
  if (isReplay(session, us)) scope.tellTurn(begun, { attributes: { replayed: true } });
  return begun;
}

/** The line was copied from the thread that this one was forked from. */
export function isReplay(session: Session, us: number): boolean {
  return session.lineage?.forkedFrom !== undefined && us <= session.createdUs + FORK_SLACK_US;
}

/** A person asks for something. `certain`: the line is a prompt and nothing else. */
export function readPrompt(
  session: Session,
  text: string,
  content: JsonValue | undefined,
  us: number,
  certain: boolean,
): void {
  const { scope } = session;
  if (!certain && NOTES.test(text.slice(0, 200))) {
    scope.give({ type: 'note', ...previewOf(text) }, us);
    return;
  }
  const request = requestOf(text);
  const title = titleOf(request) || 'prompt';
  let { turn } = scope;
  // The prompt is said twice, as an event and as an item.
  if (turn?.title === title && !turn.active) return;
  if (!certain && session.promptsAreEvents && turn?.title !== '') {
    if (turn?.title !== title) scope.give({ type: 'note', ...previewOf(text) }, us);
    return;
  }
  const atWork = turn !== undefined && turn.id !== undefined && !turn.done && turn.title !== '';
  if (atWork) {
    // Said to an agent at work: it goes into the turn that is there.
    scope.event(title, us, { text: cutText(text, TASK_CHARS) });
    scope.give({ type: 'prompt', ...previewOf(text) }, us);
    return;
  }
  if (turn === undefined || turn.done || turn.title !== '' || turn.active) turn = scope.beginTurn(us);
  scope.askTurn(turn, title, printable(content ?? text));
  scope.give({ type: 'prompt', ...previewOf(text) }, us);
  tellTask(session, title, request, isReplay(session, us) ? 'copied' : 'own');
}

/** The first prompt is the run's task, and names it until something better does: its own before a copied one. */
function tellTask(session: Session, title: string, text: string, from: 'copied' | 'own'): void {
  const task = cutText(text, TASK_CHARS);
  if (session.isSubagent) {
    if (session.titled !== 'own') session.batch.span(session.scope.spanId, { inputs: task });
  } else if (session.titled === 'not' || (session.titled === 'copied' && from === 'own'))
    session.batch.run({ name: title, task });
  if (session.titled !== 'own') session.titled = from;
}

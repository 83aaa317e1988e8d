import type { JsonObject, JsonValue } from '../../model/json.ts';
import { usToSeconds } from '../../model/time.ts';
import { ROOT } from '../claude-ids.ts';
import { SpanDraft } from './batch.ts';
import type { Scope, Turn } from './scope.ts';
import type { Session } from './session.ts';
import { abandonTools } from './tool-call.ts';

const NO_RESULT = 'the conversation went on without a result';

export type Prompt = {
  us: number;
  title: string;
  task: string;
  content: JsonValue;
  uuid: string | undefined;
  parentUuid: string | undefined;
  /** A slash command: a turn when a model answers, an event when none does. */
  isCommand: boolean;
  attributes: JsonObject;
};

/** A person asks for something: the turn before is over. */
export function beginTurn(session: Session, scope: Scope, prompt: Prompt): void {
  const { us, title, uuid, parentUuid } = prompt;
  endTurn(session, scope);
  const rewound = parentUuid === undefined ? undefined : session.seen.get(parentUuid);
  const attributes = { ...prompt.attributes };
  if (rewound !== undefined && rewound >= 0 && rewound < scope.turns.length) {
    // The conversation went back behind these turns. What they cost stays spent.
    for (const spanId of scope.turns.slice(rewound))
      session.batch.push({ event: 'span_update', span_id: spanId, attributes: { abandoned: true } });
    attributes.rewound_turns = scope.turns.length - rewound;
  }
  const turn: Turn = {
    span: new SpanDraft(session.batch, `turn:${uuid ?? us}`),
    startUs: us,
    lastUs: us,
    done: false,
    closed: false,
    title,
    task: prompt.task,
    fields: {
      ts: usToSeconds(us),
      parent: ROOT,
      name: title || 'prompt',
      kind: 'task',
      role: 'turn',
      inputs: prompt.content,
      attributes,
    },
  };
  scope.turn = turn;
  scope.step = 'asked';
  scope.stop = undefined;
  scope.answer = '';
  scope.failure = undefined;
  if (!prompt.isCommand) answerTurn(scope);
}

/** The model is at work on the turn: from now on it is a span, a slash command's as well. */
export function answerTurn(scope: Scope): void {
  const { turn } = scope;
  if (turn?.fields === undefined) return;
  const { attributes, ...fields } = turn.fields;
  scope.turns.push(turn.span.spanId);
  turn.span.tell({
    ...fields,
    attributes: { turn: scope.turns.length, ...(attributes as JsonObject | undefined) },
  });
  delete turn.fields;
}

/** The conversation goes on with something else. */
export function endTurn(session: Session, scope: Scope): void {
  const { turn } = scope;
  if (turn === undefined) return;
  if (turn.fields !== undefined) {
    session.event(scope, turn.title, turn.startUs);
    scope.turn = undefined;
    return;
  }
  abandonTools(session, scope, turn.lastUs, NO_RESULT);
  const cutOff = !isOver(session, scope, true);
  closeTurn(scope, turn);
  if (cutOff) turn.span.tell({ status: 'cancelled' });
  scope.turn = undefined;
}

function closeTurn(scope: Scope, turn: Turn): void {
  turn.closed = true;
  turn.span.tell({ end_ts: usToSeconds(turn.lastUs), ...outcomeOf(scope) });
}

/** How the work ended, as the newest step says, and the model's last words. */
function outcomeOf(scope: Scope): JsonObject {
  const { failure } = scope;
  return {
    status: scope.step === 'interrupted' ? 'cancelled' : failure === undefined ? 'ok' : 'error',
    ...(failure !== undefined && { error: { type: 'api_error', message: failure } }),
    ...(scope.answer !== '' && { outputs: scope.answer }),
  };
}

/**
 * Ends what is over and reopens what was taken for over too early, in every scope that something happened in. `final`: the
 * file has no more lines.
 */
export function settle(session: Session, final: boolean): void {
  for (const scope of session.touched) {
    if (scope.firstUs === 0) continue;
    const over = isOver(session, scope, final);
    if (over && final) abandonTools(session, scope, scope.lastUs, NO_RESULT);
    const { turn } = scope;
    if (final && turn?.fields !== undefined) endTurn(session, scope);
    else if (turn !== undefined && turn.fields === undefined) {
      if (over) closeTurn(scope, turn);
      else if (turn.closed) {
        turn.closed = false;
        turn.span.reopen();
      }
    }
    if (over) {
      scope.closed = true;
      const { error: _, outputs, ...outcome } = outcomeOf(scope);
      // A stopped or failed turn ends the session's work only when it was the last.
      scope.span.tell({
        end_ts: usToSeconds(scope.lastUs),
        ...outcome,
        ...(!scope.isMain && outputs !== undefined && { outputs }),
      });
    } else if (scope.closed) {
      scope.closed = false;
      scope.span.reopen();
    }
  }
  session.touched.clear();
}

function isOver(session: Session, scope: Scope, final: boolean): boolean {
  if (scope.finished || scope.turn?.done === true || scope.turn?.fields !== undefined) return true;
  switch (scope.step) {
    case 'answer':
      // A text may be followed by a tool call of the same message, a second later; the reason to stop tells, where files have it.
      return final || scope.stop !== undefined || !session.sawStop;
    case 'none':
    case 'interrupted':
    case 'failed':
      return true;
    default:
      return false;
  }
}

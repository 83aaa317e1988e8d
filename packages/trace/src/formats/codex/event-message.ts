import { asNumber, asString, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { cutText } from '../../model/short-text.ts';
import { parseTimestamp, usToSeconds } from '../../model/time.ts';
import { contentText, printable, titleOf } from '../excerpt.ts';
import { readLimits } from './limits.ts';
import { beginCall, countTokens } from './model-call.ts';
import type { Session } from './session.ts';
import { tokenCountOf } from './token-book.ts';
import { TOOL_EVENTS } from './tool-event.ts';
import { readPrompt, turnOf } from './turns.ts';

type ReadEvent = (session: Session, event: JsonObject, us: number) => void;

const beginTurn: ReadEvent = (session, event, us) => {
  session.scope.endsAreSaid = true;
  const id = asString(event.turn_id);
  const { turn } = session.scope;
  // Without an id, each announcement is a turn, unless its prompt was said just before.
  if (id === undefined && turn !== undefined && (turn.active || turn.done)) session.scope.beginTurn(us);
  else turnOf(session, us, id);
};

const endTurn: ReadEvent = (session, event, us) => {
  const { scope } = session;
  scope.endsAreSaid = true;
  const { turn } = scope;
  readUsage(session, event, us);
  if (turn === undefined) return;
  scope.finishTurn();
  const toFirstMs = asNumber(event.time_to_first_token_ms);
  const durationMs = asNumber(event.duration_ms);
  scope.tellTurn(turn, {
    attributes: {
      ...(toFirstMs !== undefined && { time_to_first_token_ms: toFirstMs }),
      ...(durationMs !== undefined && { reported_duration_ms: durationMs }),
    },
  });
  const firstUs = turn.startUs + (toFirstMs ?? 0) * 1000;
  if (toFirstMs !== undefined && toFirstMs >= 0 && firstUs <= us)
    scope.tellTurn(turn, { first_token_ts: usToSeconds(firstUs) });
};

/** What each event does that says more than the items around it. */
const EVENTS: Record<string, ReadEvent> = {
  ...TOOL_EVENTS,
  task_started: beginTurn,
  turn_started: beginTurn,
  task_complete: endTurn,
  turn_complete: endTurn,
  'turn.completed': endTurn,
  turn_aborted(session, event, us) {
    const { scope } = session;
    const reason = asString(event.reason) ?? 'aborted';
    scope.endsAreSaid = true;
    if (scope.turn !== undefined) scope.tellTurn(scope.turn, { attributes: { aborted: reason } });
    scope.event(`turn aborted: ${reason}`, us, {}, 'warning');
    scope.stop(us, `the turn was aborted: ${reason}`);
  },
  user_message(session, event, us) {
    session.promptsAreEvents = true;
    const text = asString(event.message) ?? '';
    const images = [event.images, event.local_images].flatMap((list) => (Array.isArray(list) ? list : []));
    const content: JsonValue = images.length === 0 ? text : { text, images: printable(images) };
    readPrompt(session, text, content, us, event.kind === undefined || event.kind === 'plain');
  },
  token_count(session, event, us) {
    readLimits(session, event.rate_limits, us);
    const info = isObject(event.info) ? event.info : undefined;
    const total = tokenCountOf(info?.total_token_usage ?? info);
    if (total !== undefined) countTokens(session, total, tokenCountOf(info?.last_token_usage), us);
    const window = asNumber(info?.model_context_window);
    if (window !== undefined && session.scope.call?.usage !== undefined)
      session.scope.call.tell({ attributes: { context_window: window } });
  },
  'account/rateLimits/updated': (session, event, us) => readLimits(session, event.rate_limits, us),
  error: readError,
  stream_error(session, event, us) {
    const message = asString(event.message) ?? contentText(event.error);
    session.scope.event('stream error', us, { message: cutText(message, 2000) }, 'warning');
  },
  warning: (session, event, us) =>
    session.scope.event('warning', us, { message: cutText(asString(event.message) ?? '', 2000) }, 'warning'),
  context_compacted: (session, _, us) => tellCompaction(session, us, {}),
  thread_rolled_back(session, event, us) {
    const count = asNumber(event.num_turns) ?? 0;
    const { turns } = session.scope;
    // The conversation went back behind these turns. What they cost stays spent.
    for (const spanId of count > 0 ? turns.slice(-count) : [])
      session.batch.push({ event: 'span_update', span_id: spanId, attributes: { abandoned: true } });
    session.scope.event(`rolled back ${count} turns`, us);
  },
  thread_name_updated(session, event) {
    const name = asString(event.thread_name) ?? asString(event.name);
    if (name === undefined || session.isSubagent) return;
    session.titled = 'own';
    session.batch.run({ name: titleOf(name, 120) });
  },
  thread_settings_applied(session, event) {
    const settings = isObject(event.thread_settings) ? event.thread_settings : {};
    session.model = asString(settings.model) ?? session.model;
    session.provider = asString(settings.model_provider_id) ?? session.provider;
    session.effort = asString(settings.reasoning_effort) ?? session.effort;
  },
  entered_review_mode: (session, event, us) =>
    session.scope.event('review begins', us, { hint: cutText(asString(event.user_facing_hint) ?? '', 500) }),
  exited_review_mode: (session, event, us) =>
    session.scope.event('review ends', us, { review: printable(event.review_output) }),
  // Said by an item as well, in all but the oldest files: there it is the only trace.
  agent_message(session, event, us) {
    if (session.scope.call === undefined && session.onlyEvents)
      session.scope.say(beginCall(session, us), asString(event.message) ?? '', us);
  },
};

export function readEvent(session: Session, event: JsonObject, us: number): void {
  const type = asString(event.type) ?? '';
  if (Object.hasOwn(EVENTS, type)) EVENTS[type]!(session, event, us);
}

/** Compaction is said by a line and by an event, in either order. */
export function tellCompaction(session: Session, us: number, attributes: JsonObject): void {
  if (session.compactedUs > 0 && us - session.compactedUs < 5_000_000) return;
  session.compactedUs = us;
  session.scope.event('context compacted', us, attributes);
}

function readError(session: Session, event: JsonObject, us: number): void {
  const inner = isObject(event.error) ? event.error : event;
  const message = asString(event.message) ?? asString(inner.message) ?? 'the session reports an error';
  const kind = asString(inner.kind) ?? asString(event.codex_error_info);
  const resetUs = parseTimestamp(inner.resetAt ?? inner.resets_at);
  session.scope.event(
    'error',
    us,
    {
      message: cutText(message, 2000),
      ...(kind !== undefined && { kind }),
      ...(resetUs !== undefined && { resets_at: usToSeconds(resetUs) }),
    },
    'error',
  );
  session.scope.fail({ type: kind ?? 'error', message: cutText(message, 2000) });
}

/** Reports of a turn's end that count the session's tokens so far. */
function readUsage(session: Session, event: JsonObject, us: number): void {
  const total = tokenCountOf(event.usage);
  if (total !== undefined) countTokens(session, total, undefined, us);
}

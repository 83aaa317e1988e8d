import { asNumber, asString, isObject, type JsonObject } from '../../model/json.ts';
import { usToSeconds } from '../../model/time.ts';
import { SpanDraft } from './batch.ts';
import { classifyText } from './prompt.ts';
import type { Scope } from './scope.ts';
import type { Session } from './session.ts';
import { firstWords, plainFields } from './short-text.ts';

/** The envelope: on every line, about the session rather than the moment. */
export const ENVELOPE = new Set(
  'type subtype uuid parentUuid logicalParentUuid isSidechain isMeta userType entrypoint cwd sessionId session_id version gitBranch slug timestamp level agentId toolUseID messageCount'.split(
    ' ',
  ),
);

/** How subtypes are shown. One that is not listed is an event under its own name. */
const SUBTYPES: Record<string, { name?: string; level?: string; silent?: true }> = {
  session_start: { name: 'session start' },
  stop_hook_summary: { name: 'stop hooks' },
  away_summary: { name: 'away summary' },
  api_error: { name: 'API error, retried', level: 'error' },
  error: { name: 'error', level: 'error' },
  api_refusal: { name: 'refused by the API', level: 'error' },
  model_refusal_fallback: { name: 'another model took over', level: 'warning' },
  compact_boundary: { name: 'compaction' },
  microcompact_boundary: { name: 'small compaction' },
  turn_duration: { silent: true },
};

/** Reads a line of the harness's own. */
export function readSystem(session: Session, scope: Scope, line: JsonObject, us: number): void {
  const subtype = asString(line.subtype) ?? 'system';
  const { turn } = scope;
  if ((subtype === 'turn_duration' || subtype === 'stop_hook_summary') && turn !== undefined) {
    turn.done = line.preventedContinuation !== true;
    if (us > turn.lastUs) turn.lastUs = us;
    const durationMs = asNumber(line.durationMs);
    if (durationMs !== undefined && turn.fields === undefined)
      turn.span.tell({ attributes: { reported_duration_ms: durationMs } });
  }
  const shown = Object.hasOwn(SUBTYPES, subtype) ? SUBTYPES[subtype]! : {};
  if (shown.silent) return;
  const attributes = plainFields(line, ENVELOPE);
  if (isObject(line.error)) addError(attributes, line.error);
  if (Array.isArray(line.hookErrors) && line.hookErrors.length > 0)
    attributes.hook_errors = firstWords(line.hookErrors.map(String).join('; '), 500);
  for (const key in attributes) if (attributes[key] === false) delete attributes[key];
  let name = shown.name ?? subtype.replace(/_/g, ' ');
  if (subtype === 'local_command') {
    name = classifyText(asString(line.content) ?? '').title || 'local command';
    delete attributes.content;
  }
  if (isObject(line.compactMetadata)) Object.assign(attributes, compacted(session, scope, line, us));
  session.event(scope, name, us, attributes, shown.level ?? levelOf(line));
}

function levelOf(line: JsonObject): string | undefined {
  return line.level === 'error' || line.level === 'warning' ? line.level : undefined;
}

function addError(attributes: JsonObject, error: JsonObject): void {
  const inner = isObject(error.error) ? error.error : error;
  const nested = isObject(inner.error) ? inner.error : inner;
  const message = asString(error.formatted) ?? asString(nested.message) ?? asString(error.message);
  const type = asString(nested.type) ?? asString(error.type);
  const status = asNumber(error.status);
  if (message !== undefined) attributes.message = message;
  if (type !== undefined) attributes.error_type = type;
  if (status !== undefined) attributes.http_status = status;
}

/** A compaction that says how long it took is a span; the tokens of its call are in no file. */
function compacted(session: Session, scope: Scope, line: JsonObject, us: number): JsonObject {
  const metadata = isObject(line.compactMetadata) ? line.compactMetadata : {};
  const attributes = plainFields(metadata, new Set());
  const durationMs = asNumber(metadata.durationMs);
  if (durationMs !== undefined && durationMs >= 0)
    new SpanDraft(session.batch, `${scope.prefix}compaction:${asString(line.uuid) ?? us}`).tell({
      ts: usToSeconds(us - Math.round(durationMs * 1000)),
      end_ts: usToSeconds(us),
      parent: scope.parent,
      name: `Compaction (${asString(metadata.trigger) ?? 'auto'})`,
      kind: 'task',
      role: 'compaction',
      attributes,
    });
  if (us > scope.inputUs) scope.inputUs = us;
  return attributes;
}

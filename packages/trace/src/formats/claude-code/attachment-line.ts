import { asNumber, asString, isObject, type JsonObject } from '../../model/json.ts';
import { cutText } from '../../model/short-text.ts';
import { contentText } from '../excerpt.ts';
import type { Scope } from './scope.ts';
import type { Session } from './session.ts';
import { firstWords, plainFields } from './short-text.ts';
import { ENVELOPE } from './system-line.ts';

const HOOK_NOISE = new Set([...ENVELOPE, 'content', 'stdout', 'stderr', 'hookName', 'hookEvent', 'exitCode']);

/** Attachments that mark a moment. The others prepare the model's context: they are counted as lines, and no more. */
const MOMENTS: Record<
  string,
  (attachment: JsonObject) => { name: string; level?: string; attributes: JsonObject }
> = {
  hook_success: (hook) => ({ name: hookName(hook), attributes: hookNotes(hook) }),
  hook_cancelled: (hook) => ({
    name: `${hookName(hook)} cancelled`,
    level: 'warning',
    attributes: hookNotes(hook),
  }),
  hook_non_blocking_error: (hook) => ({
    name: `${hookName(hook)} failed`,
    level: 'warning',
    attributes: hookNotes(hook),
  }),
  hook_blocking_error: (hook) => ({
    name: `${hookName(hook)} blocked`,
    level: 'error',
    attributes: hookNotes(isObject(hook.blockingError) ? { ...hook, ...hook.blockingError } : hook),
  }),
  queued_command: (queued) => ({
    name: firstWords(contentText(queued.prompt) || 'queued prompt'),
    attributes: { queued: true },
  }),
  edited_text_file: (edited) => ({
    name: 'file changed by someone else',
    attributes: { file: cutText(asString(edited.filename) ?? '', 500) },
  }),
  plan_mode: () => ({ name: 'plan mode', attributes: {} }),
  plan_mode_exit: () => ({ name: 'plan mode left', attributes: {} }),
  max_turns_reached: (limit) => ({
    name: 'turn limit reached',
    level: 'warning',
    attributes: plainFields(limit, ENVELOPE),
  }),
};

/** Reads what the harness attached to the conversation. */
export function readAttachment(session: Session, scope: Scope, line: JsonObject, us: number): void {
  const attachment = isObject(line.attachment) ? line.attachment : {};
  const type = asString(attachment.type) ?? '';
  if (type === 'budget_usd') {
    const used = asNumber(attachment.used);
    const total = asNumber(attachment.total);
    scope.span.tell({
      attributes: {
        ...(used !== undefined && { reported_budget_used_usd: used }),
        ...(total !== undefined && { budget_usd: total }),
      },
    });
    return;
  }
  if (!Object.hasOwn(MOMENTS, type)) return;
  const { name, level, attributes } = MOMENTS[type]!(attachment);
  session.event(scope, name, us, attributes, level);
}

function hookName(hook: JsonObject): string {
  return `hook ${asString(hook.hookName) ?? asString(hook.hookEvent) ?? ''}`.trim();
}

function hookNotes(hook: JsonObject): JsonObject {
  const exitCode = asNumber(hook.exitCode);
  const stderr = asString(hook.stderr);
  return {
    ...plainFields(hook, HOOK_NOISE),
    ...(exitCode !== undefined && exitCode !== 0 && { exit_code: exitCode }),
    ...(stderr !== undefined && { stderr: cutText(stderr, 500) }),
  };
}

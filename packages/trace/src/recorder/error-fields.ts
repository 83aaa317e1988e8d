import type { ErrorFields } from '../model/record.ts';
import { plainValue, textOf } from './plain-value.ts';

const MAX_CAUSES = 5;

/** Whatever was thrown, as type, message and stack; the stacks of its causes follow. Never throws. */
export function errorFields(thrown: unknown): ErrorFields {
  try {
    return describe(thrown);
  } catch {
    return { type: 'Error', message: 'an error that cannot be read' };
  }
}

/** True for what `AbortController` makes: the work was called off, it did not fail. */
export function isAbort(thrown: unknown): boolean {
  try {
    return (thrown as { name?: unknown } | null)?.name === 'AbortError';
  } catch {
    return false;
  }
}

function describe(thrown: unknown): ErrorFields {
  if (!(thrown instanceof Error)) {
    if (typeof thrown !== 'object' || thrown === null) return { message: textOf(thrown) ?? 'unknown' };
    const { name, message } = thrown as { name?: unknown; message?: unknown };
    return {
      ...(typeof name === 'string' && { type: name }),
      message: typeof message === 'string' ? message : JSON.stringify(plainValue(thrown)),
    };
  }
  const made = thrown.constructor?.name;
  const type =
    thrown.name === 'Error' && typeof made === 'string' && made !== '' ? made : String(thrown.name);
  return { type, message: String(thrown.message), stack: stackOf(thrown) };
}

function stackOf(thrown: Error): string {
  let stack = String(thrown.stack ?? '');
  let cause = thrown.cause;
  for (let count = 0; count < MAX_CAUSES && cause !== undefined && cause !== null; count++) {
    stack += `\nCaused by: ${cause instanceof Error ? String(cause.stack ?? cause.message) : textOf(cause)}`;
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return stack;
}

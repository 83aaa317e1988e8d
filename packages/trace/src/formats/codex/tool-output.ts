import { asNumber, isObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import type { ErrorFields } from '../../model/record.ts';
import { cutText } from '../../model/short-text.ts';
import { contentText, printable } from '../excerpt.ts';

/** What a tool's output says of how it went, beside what it shows. */
export type Outcome = {
  outputs: JsonValue;
  exitCode?: number;
  durationMs?: number;
  failed?: boolean;
};

const EXIT_CODES = [/^Exit code: (-?\d+)$/m, /^Process exited with code (-?\d+)$/m, /\bexit code:? (-?\d+)/i];
const WALL_TIME = /^Wall time: ([\d.]+) seconds?$/m;
/** The harness's own lines stand before the tool's. */
const PREAMBLE_CHARS = 400;

/** An output as it stands in the conversation: text, parts, `{content, success}`, or JSON with `output` and `metadata`. */
export function outcomeOf(output: JsonValue | undefined): Outcome {
  const inner = isObject(output) && output.content !== undefined ? output.content : output;
  const text = contentText(inner);
  const plain = text !== '' && isText(inner) ? text : undefined;
  const outcome: Outcome = { outputs: plain ?? printable(inner) };
  if (isObject(output) && typeof output.success === 'boolean') outcome.failed = !output.success;
  const wrapped = plain === undefined ? undefined : structured(plain);
  if (wrapped !== undefined) return { ...outcome, ...wrapped };
  if (plain === undefined) return outcome;
  const head = plain.slice(0, PREAMBLE_CHARS);
  const preamble = /^Output:$/m.exec(head);
  const said = preamble ? head.slice(0, preamble.index) : '';
  for (const pattern of EXIT_CODES) {
    const code = pattern.exec(said)?.[1];
    if (code === undefined) continue;
    outcome.exitCode = Number(code);
    break;
  }
  const seconds = asNumber(WALL_TIME.exec(said)?.[1]);
  if (seconds !== undefined) outcome.durationMs = seconds * 1000;
  return outcome;
}

function isText(value: JsonValue | undefined): boolean {
  if (typeof value === 'string') return true;
  const parts = Array.isArray(value) ? value : [value];
  return parts.every((part) => typeof part === 'string' || (isObject(part) && typeof part.text === 'string'));
}

/** `{"output": "...", "metadata": {"exit_code": 0, "duration_seconds": 0.1}}`, as shells answered until late 2025. */
function structured(text: string): Outcome | undefined {
  if (!text.startsWith('{"output"')) return undefined;
  try {
    const value = JSON.parse(text) as JsonObject;
    const metadata = isObject(value.metadata) ? value.metadata : {};
    const exitCode = asNumber(metadata.exit_code);
    const seconds = asNumber(metadata.duration_seconds);
    return {
      outputs: printable(value.output),
      ...(exitCode !== undefined && { exitCode }),
      ...(seconds !== undefined && { durationMs: seconds * 1000 }),
    };
  } catch {
    return undefined;
  }
}

/** A duration as Rust writes it, `{secs, nanos}`, or in a text (`1.2s`, `340ms`). */
export function durationMsOf(value: JsonValue | undefined): number | undefined {
  if (isObject(value)) {
    const seconds = asNumber(value.secs);
    return seconds === undefined ? undefined : seconds * 1000 + (asNumber(value.nanos) ?? 0) / 1e6;
  }
  const match = typeof value === 'string' ? /^([\d.]+)(ms|s)$/.exec(value.trim()) : null;
  const number = asNumber(match?.[1]);
  return number === undefined ? undefined : match![2] === 's' ? number * 1000 : number;
}

/** How it failed, if it did. */
export function errorOf({ exitCode, failed, outputs }: Outcome): ErrorFields | undefined {
  if (exitCode !== undefined && exitCode !== 0)
    return { type: 'exit_code', message: `exit code ${exitCode}${tailOf(outputs)}` };
  if (failed !== true) return undefined;
  const text = contentText(outputs);
  return { type: 'tool_error', message: cutText(text.trim(), 2000) || 'the tool reports an error' };
}

/** The last words of a failed command say why. */
function tailOf(outputs: JsonValue): string {
  const line = contentText(outputs).slice(-400).trim().split('\n').at(-1) ?? '';
  return line === '' ? '' : `: ${cutText(line, 200)}`;
}

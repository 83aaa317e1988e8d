import type {
  AlignedStep,
  Difference,
  DiffSpan,
  Parting,
  RunDiff,
} from '@tacho/trace/analysis/diff/diff-runs';
import { plainLine } from '@tacho/trace/model/plain-text';
import { duration } from '../../ui/format.ts';
import type { Mark } from './aligned-rows.ts';

/** A sign and a word for each mark: never colour alone. */
export const MARKS: Record<Mark, { sign: string; word: string }> = {
  same: { sign: '=', word: 'same' },
  changed: { sign: '~', word: 'changed' },
  removed: { sign: '−', word: 'only left' },
  added: { sign: '+', word: 'only right' },
};

/** What agents named it, without what would make text on the page read as what it is not. */
export function nameOf({ name }: DiffSpan): string {
  return plainLine(name) || '(unnamed)';
}

/** The same with what it was called with, where the name does not say that. */
function calledIn(span: DiffSpan): string {
  return span.arguments === undefined ? nameOf(span) : `${nameOf(span)} ${plainLine(span.arguments)}`;
}

/** The names of a step: one, where both sides call it the same. Arguments that differ are told as a difference. */
export function namesOf({ left, right }: AlignedStep): string[] {
  if (left === null || right === null) return [calledIn((left ?? right)!)];
  const names = [nameOf(left), nameOf(right)];
  if (names[0] !== names[1]) return names;
  return left.arguments === right.arguments ? [calledIn(left)] : names.slice(0, 1);
}

/** What a step differs in, with both values where they are short: `arguments`, `status ok → error`. */
export function differencesIn(step: AlignedStep): string[] {
  const { left, right, differs } = step;
  if (left === null || right === null) return [];
  return told({ left, differs }).map((difference) => {
    switch (difference) {
      case 'status':
        return `status ${statusOf(left)} → ${statusOf(right)}`;
      case 'model':
        return `model ${textOr(left.model)} → ${textOr(right.model)}`;
      case 'error': {
        const [one, other] = [plainLine(left.error ?? ''), plainLine(right.error ?? '')];
        return other === ''
          ? `no longer: ${one}`
          : one === ''
            ? `error: ${other}`
            : `error: ${one} → ${other}`;
      }
      case 'arguments':
      case 'result':
        return partingIn(difference, step[difference]);
      default:
        return difference;
    }
  });
}

/** `arguments command: “make” → “make all”`: the first place where they differ. */
function partingIn(word: string, parting: Parting | undefined): string {
  if (parting === undefined) return word;
  const path = plainLine(parting.path);
  return `${word}${path === '' ? '' : ` ${path}`}: ${textOr(parting.left)} → ${textOr(parting.right)}`;
}

/** A model call is named by its model: another model is one difference, not two. */
function told({ left, differs }: { left: DiffSpan; differs: readonly Difference[] }): Difference[] {
  const named = left.kind === 'llm' && differs.includes('model');
  return differs.filter((difference) => difference !== 'name' || !named);
}

function textOr(text: string | undefined): string {
  return plainLine(text ?? '') || 'none';
}

function statusOf({ status, open }: DiffSpan): string {
  return open ? 'open' : status === 'unset' ? 'ended' : status;
}

/** A note on a step that one side only has: what failed in it, and how much is in it. */
export function aloneNote({ left, right }: AlignedStep): string {
  const span = left ?? right!;
  const inside = span.spans > 1 ? `${span.spans - 1} in it` : '';
  return [plainLine(span.error ?? ''), inside].filter(Boolean).join(' · ');
}

/** `+1.20 s`, `−3`, `0`: a difference with its sign. */
export function signed(value: number, shown: (size: number) => string): string {
  if (value === 0) return '0';
  return `${value > 0 ? '+' : '−'}${shown(Math.abs(value))}`;
}

/** The sentence on where the runs part. */
export function partingOf({ firstDivergence: first }: RunDiff): { when: string; what: string } | undefined {
  if (first === null) return undefined;
  const { left, right, differs, afterUs } = first;
  const span = (left ?? right)!;
  const when = afterUs === 0 ? 'They part at the start' : `They part after ${duration(afterUs)}`;
  const step = `${span.kind} “${clipped(calledIn(span))}”`;
  if (right === null) return { when, what: `${step} is only in the left run.` };
  if (left === null) return { when, what: `${step} is only in the right run.` };
  return { when, what: `${step} differs in ${listed(told({ left, differs }))}.` };
}

/** A name is part of a sentence here. */
function clipped(name: string): string {
  const characters = [...name];
  return characters.length <= 80 ? name : `${characters.slice(0, 79).join('')}…`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** What kind of error a text tells of. The first four are the seed's. */
export type FailureKind = 'syntax' | 'type' | 'import' | 'logic' | 'timeout' | 'other';

/** Whole words, the most telling first: `timeout` in a file's name decides nothing where a SyntaxError is named. */
const KINDS: readonly (readonly [Exclude<FailureKind, 'other'>, RegExp])[] = [
  [
    'syntax',
    /\bSyntaxError\b|\bIndentationError\b|\bsyntax error\b|\bparse error\b|\bunexpected token\b|\bunexpected EOF\b|\berror TS1\d{3}\b|: error: expected\b/i,
  ],
  [
    'import',
    /\bImportError\b|\bModuleNotFoundError\b|\bcannot find (?:module|package|crate)\b|\bno module named\b|\bunresolved import\b|\bcannot resolve\b|\bno required module provides package\b|\berror TS2307\b/i,
  ],
  [
    'type',
    /\bTypeError\b|\btype error\b|\bcannot read propert|\bis not assignable to\b|\bmismatched types\b|\bincompatible types\b|\bundefined: \w|\berror TS2\d{3}\b|\berror\[E0308\]/i,
  ],
  [
    'timeout',
    /\btimed out\b|\btimeout(?:error| of | after |:|$)|\bdeadline exceeded\b|\bcommand timed out\b/im,
  ],
  [
    'logic',
    /\bAssertionError\b|\bassertion failed\b|\bassert(?:ion)?\b.{0,80}\b(?:failed|left|right)\b|\bpanicked at\b|\bFAILED\b|--- FAIL:|\bTraceback \(most recent call last\)|\bexpected\b.{0,80}\b(?:but|got|received|actual)\b|\b(?:Value|Key|Index|Attribute|ZeroDivision|Runtime|Reference|Range)Error\b/,
  ],
];

/** The kind of the first error that a text names; `other` where it names none that is known. */
export function failureKindOf(text: string): FailureKind {
  return KINDS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other';
}

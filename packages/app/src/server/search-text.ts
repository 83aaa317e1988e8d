import { HttpProblem } from './api-error.ts';

/** A text is found in long contents where it is shorter than what two of their parts have in common. */
const MOST_CHARACTERS = 500;

/** A text to look for; throws a sentence where it is too long. */
export function searchText(name: 'search' | 'text', text: string): string {
  if (text.length <= MOST_CHARACTERS) return text;
  throw new HttpProblem(
    400,
    'parameter',
    `The parameter "${name}" has ${text.length.toLocaleString('en')} characters, and at most ${MOST_CHARACTERS} can be looked for.`,
    { hint: 'A part of it finds the same place.' },
  );
}

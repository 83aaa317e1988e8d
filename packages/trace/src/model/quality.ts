/** One kind of doubt about a run's data, how often it occurred, and an example. */
export type QualityNote = {
  code: QualityCode;
  count: number;
  /** A span id, a line, a value: enough to find one of them. */
  example?: string;
};

/** What can be wrong with the data of a run, with the sentence a person reads. */
export const QUALITY_CODES = {
  'missing-parent': 'Spans name a parent that is not in the run.',
  'parent-cycle': 'Spans are each other’s ancestors; one link was cut.',
  'ends-before-start': 'Spans end before they start; their duration is shown as zero.',
  'clock-skew': 'Spans begin before the span that they are part of: the clocks behind them differ.',
  'outside-parent': 'Spans went on after the span that they are part of had ended.',
  'impossible-first-token': 'First tokens lie before their call began, or after it ended.',
  'missing-start': 'Spans ended without ever having started; their start is estimated.',
  'never-ended': 'Spans were started and never ended.',
  'repeated-id': 'A span id was used for several spans; the later ones were numbered.',
  'duplicate-call': 'Model calls are repeated in the source; they count once.',
  'duplicate-record': 'Records that were there already came again; they changed nothing.',
  'placeholder-output': 'Output tokens are placeholders written before the call ended: a lower bound.',
  'refused-line': 'Lines could not be read and were set aside.',
  'unpriced-call': 'Model calls have no known price; the cost is a lower bound.',
  'cost-deviates': 'The source’s own cost and the computed one differ by more than 2 %.',
  'total-deviates': 'The source’s own token total differs from the sum of its parts.',
  'impossible-value': 'Values that cannot be (negative durations, tokens below zero) were ignored.',
  'records-dropped': 'The recorder had to drop records.',
} as const;

export type QualityCode = keyof typeof QUALITY_CODES;

/** Counts an occurrence into the list, keeping the first example. */
export function addNote(notes: QualityNote[], code: QualityCode, example?: string, count = 1): void {
  const known = notes.find((note) => note.code === code);
  if (known) known.count += count;
  else notes.push(example === undefined ? { code, count } : { code, count, example });
}

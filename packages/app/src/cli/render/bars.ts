const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A share from 0 to 1 as a bar of at most `width` characters, exact to an eighth of one. */
export function bar(part: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, part)) * width * 8);
  const text = '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]!;
  return text === '' && part > 0 ? EIGHTHS[1]! : text;
}

/** The part of a whole between two shares, as a bar with room before it: a Gantt chart's line. */
export function span(from: number, to: number, width: number): string {
  const before = Math.min(width - 1, Math.max(0, Math.floor(from * width)));
  const until = Math.min(width, Math.max(before + 1, Math.round(to * width)));
  return `${' '.repeat(before)}${'━'.repeat(until - before)}`;
}

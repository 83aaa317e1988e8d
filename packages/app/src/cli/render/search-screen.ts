import type { SearchAnswer } from '@tacho/trace/wire/search';
import type { Colours } from './colours.ts';
import { count, time } from './figures.ts';
import { clipped, plainLine } from './plain.ts';

type Screen = { columns: number; colours: Colours };

/** Places by run, each with the text around what was found. */
export function searchScreen({ total, runs, found }: SearchAnswer, text: string, screen: Screen): string {
  const { bold, dim } = screen.colours;
  const lines: string[] = [];
  let runId: string | undefined;
  for (const run of runs)
    lines.push(
      `${bold(plainLine(run.runId))}  ${dim(clipped(run.runName, 60))}`,
      `  ${dim(time(run.startUs))}  run ${dim(`(${run.place})`)}`,
      `    ${around(run, text, screen)}`,
    );
  if (runs.length > 0 && found.length > 0) lines.push('');
  for (const place of found) {
    if (place.runId !== runId) {
      if (runId !== undefined) lines.push('');
      runId = place.runId;
      lines.push(`${bold(plainLine(place.runId))}  ${dim(clipped(place.runName, 60))}`);
    }
    lines.push(
      `  ${dim(time(place.startUs))}  ${place.kind} ${clipped(place.name, 40)} ${dim(`(${place.place})`)}`,
      `    ${around(place, text, screen)}`,
    );
  }
  const left = total - runs.length - found.length;
  if (left > 0) lines.push('', dim(`… and ${count(left)} more places: --limit shows more.`));
  return `${lines.join('\n')}\n`;
}

/** The found text, marked, with as much around it as fits. */
function around({ excerpt }: { excerpt: string }, text: string, { columns, colours }: Screen): string {
  const line = plainLine(excerpt);
  const width = Math.max(40, columns - 6);
  const at = line.toLowerCase().indexOf(plainLine(text).toLowerCase());
  if (at < 0) return clipped(line, width);
  const from = Math.max(0, Math.min(at - 20, line.length - width));
  const shown = line.slice(from, from + width);
  const [begin, end] = [at - from, at - from + plainLine(text).length];
  return `${from > 0 ? '…' : ''}${shown.slice(0, begin)}${colours.yellow(shown.slice(begin, end))}${shown.slice(end)}`;
}

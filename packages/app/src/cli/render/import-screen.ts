import { relative } from 'node:path';
import type { ImportResult, RefusedPlace } from '../../sources/import.ts';
import type { Colours } from './colours.ts';
import { count, plural } from './figures.ts';
import { clipped, plainLine } from './plain.ts';

/** Groups shown, of each list: a large folder must still fit on a screen. All places are in the JSON. */
const MOST_GROUPS = 12;
/** Characters of a group's text, and of the path beside it. */
const WIDTH = 72;

/** What an import did. `told` is its result, `left` what it left alone or could not read: empty when there is none. */
export function importScreen(
  result: ImportResult,
  cwd: string,
  colours: Colours,
): { told: string; left: string } {
  const unknown = result.refused.filter(({ found }) => found !== undefined);
  const damaged = result.refused.filter(({ found }) => found === undefined);
  return {
    told: text([summary(result, colours), ...sources(result, colours)]),
    left: text([
      ...leftAlone(result, cwd, colours),
      ...unrecognised(unknown, cwd, colours),
      ...refused(damaged, cwd, colours),
    ]),
  };
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function summary({ runs, files, unchanged, records, duplicates }: ImportResult, { bold }: Colours): string {
  const same = unchanged > 0 ? `, ${plural(unchanged, 'file')} unchanged` : '';
  const known = duplicates > 0 ? `, ${count(duplicates)} known already` : '';
  return `${bold(plural(runs.length, 'run'))} from ${plural(files, 'file')}: ${plural(records, 'new record')}${known}${same}.`;
}

function* sources({ recognised, joined }: ImportResult, { dim }: Colours): Generator<string> {
  const formats = Object.entries(recognised)
    .sort(([, a], [, b]) => b - a)
    .map(([format, found]) => `${plainLine(format)} ${count(found)}`);
  if (formats.length > 0) yield dim(`read as     ${formats.join(', ')}`);
  const several = Object.values(joined);
  if (several.length === 0) return;
  const parts = several.reduce((sum, { length }) => sum + length, 0);
  yield dim(`joined      ${plural(several.length, 'run')} out of ${plural(parts, 'file')}`);
}

function* leftAlone({ skipped }: ImportResult, cwd: string, { dim }: Colours): Generator<string> {
  for (const [reason, [first, ...others]] of grouped(skipped, ({ reason }) => reason)) {
    const what = others.length === 0 ? shown(first.file, cwd) : plural(others.length + 1, 'file');
    yield dim(`left alone  ${what}: ${reason}`);
  }
}

function* unrecognised(places: readonly RefusedPlace[], cwd: string, colours: Colours): Generator<string> {
  if (places.length === 0) return;
  const hint = colours.dim('(`tacho formats` lists what can be read)');
  yield `${colours.yellow(`${plural(places.length, 'file')} not recognised`)} ${hint}:`;
  yield* groupLines(
    grouped(places, ({ found }) => found!),
    cwd,
    'files of other kinds',
    colours,
  );
}

function* refused(places: readonly RefusedPlace[], cwd: string, colours: Colours): Generator<string> {
  if (places.length === 0) return;
  yield colours.yellow(`${plural(places.length, 'place')} could not be read:`);
  yield* groupLines(
    grouped(places, ({ reason }) => reason),
    cwd,
    'other places',
    colours,
  );
}

type Group = readonly [RefusedPlace, ...RefusedPlace[]];

/** The same reason in one line, with the first place that has it. */
function* groupLines(
  groups: ReadonlyMap<string, Group>,
  cwd: string,
  rest: string,
  { dim }: Colours,
): Generator<string> {
  const largestFirst = [...groups].sort(([, a], [, b]) => b.length - a.length);
  for (const [reason, places] of largestFirst.slice(0, MOST_GROUPS)) {
    const [{ file, line, found, advice }] = places;
    const where = `${shown(file, cwd)}${line === null || found !== undefined ? '' : `:${line}`}`;
    const others = places.length > 1 ? `, and ${count(places.length - 1)} more` : '';
    yield `${count(places.length).padStart(5)}  ${clipped(reason, WIDTH)}`;
    yield dim(`       ${where}${others}`);
    if (advice !== undefined) yield `       ${plainLine(advice)}`;
  }
  const left = largestFirst.slice(MOST_GROUPS).reduce((sum, [, places]) => sum + places.length, 0);
  if (left > 0) yield `    …  ${count(left)} ${rest} (tacho import --json lists them all)`;
}

/** A path as it is shorter: from here, or from the root. */
function shown(file: string, cwd: string): string {
  const near = relative(cwd, file);
  return plainLine(near !== '' && near.length < file.length ? near : file);
}

function grouped<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
): Map<string, [Item, ...Item[]]> {
  const groups = new Map<string, [Item, ...Item[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

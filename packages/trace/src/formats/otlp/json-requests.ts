import { isObject, type JsonObject } from '../../model/json.ts';
import type { Input } from '../format.ts';
import { JsonScan } from '../json-scan.ts';
import { MAX_REFUSED_CHARS } from '../lines.ts';
import { TextWindow } from '../text-window.ts';
import { mendNames, requestOf, standingOf, standingOfKey, unwrapped } from './json-levels.ts';
import { nextStanding } from './json-resync.ts';
import { type Piece, RequestWalk } from './json-walk.ts';
import { LineWindow, type Window } from './line-window.ts';

/**
 * A line up to this length is parsed at once, which is several times as fast as reading it piece by piece. Collectors
 * write a batch a line, of some hundred KB.
 */
const LINE_CHARS = 4 * 1024 * 1024;

/**
 * The export requests of a text, in their order: one in the whole file, one a line, several in an array, printed on one
 * line or on many. Requests that are long come in pieces. What is broken, or something else, is refused with its place.
 */
export async function* readJsonRequests(input: Input): AsyncGenerator<Piece, void, undefined> {
  const window = new TextWindow(input);
  let between = SPACES;
  try {
    while (await pass(window, between)) {
      const place = window.placeOf(window.at);
      const line = await wholeLine(window);
      const value = line === undefined ? undefined : parsedOrNothing(line);
      if (isObject(value)) {
        window.at += line!.length;
        between = SPACES;
        yield* requestIn(input, { request: value, place, leaves: [] });
      } else if (window.text[window.at] === '{' && (line === undefined || (await goesOn(window, line)))) {
        const first = FIRST_KEY.exec(window.text.slice(window.at, window.at + MAX_REFUSED_CHARS))?.[1] ?? '';
        const walk = new RequestWalk(input, window, standingOfKey(first)?.in);
        for await (const piece of walk.read()) yield* requestIn(input, piece);
        between = walk.damaged ? SPACES_AND_BRACKETS : SPACES;
      } else if (line === undefined) {
        refuseText(input, window, nextStanding(window.text, window.at)?.at ?? window.text.length);
      } else {
        // Two on a line, a torn or a broken one: whatever it is, it ends with the line.
        yield* readLine(input, new LineWindow(line, place));
        window.at += line.length;
      }
    }
  } finally {
    await window.close();
  }
}

/** The first key of an object. */
const FIRST_KEY = /^\{\s*"(\w{1,40})"\s*:/;

/** What may stand between requests, those of an array among them; and behind a broken one. */
const SPACES = ' \n\r\t\ufeff,[]';
const SPACES_AND_BRACKETS = `${SPACES}}`;

/** Passes what stands between requests; false at the end of the source. */
async function pass(window: TextWindow, between: string): Promise<boolean> {
  for (;;) {
    const { text } = window;
    while (window.at < text.length && between.includes(text[window.at]!)) window.at++;
    if (window.at < text.length) return true;
    if (!(await window.more())) return false;
  }
}

/** The rest of the line at the window's place, without its end; undefined when it is longer than what is parsed at once. */
async function wholeLine(window: TextWindow): Promise<string | undefined> {
  let looked = 0;
  for (;;) {
    const end = window.text.indexOf('\n', window.at + looked);
    if (end >= 0) return window.text.slice(window.at, end);
    if (window.ended) return window.text.slice(window.at);
    looked = window.text.length - window.at;
    if (looked > LINE_CHARS) return undefined;
    window.drop();
    while (window.text.length <= 2 * looked && (await window.more()));
  }
}

/** Whether an object that is open at the end of its line goes on: printers indent what is inside, or close a bracket. */
async function goesOn(window: TextWindow, line: string): Promise<boolean> {
  const scan = new JsonScan();
  scan.feed(line);
  if (scan.state !== 'open') return false;
  while (window.text.length - window.at < line.length + 2 && (await window.more()));
  return /[ \t\r}\]"]/.test(window.text[window.at + line.length + 1] ?? '');
}

function parsedOrNothing(line: string): unknown {
  try {
    return JSON.parse(line.endsWith(',') ? line.slice(0, -1) : line);
  } catch {
    return undefined;
  }
}

/** What can be read of a line that is not one value. */
async function* readLine(input: Input, line: LineWindow): AsyncGenerator<Piece, void, undefined> {
  const { text } = line;
  while (line.at < text.length) {
    const next = nextStanding(text, line.at);
    refuseText(input, line, next?.at ?? text.length);
    if (next !== undefined) yield* new RequestWalk(input, line, next.in).read();
  }
}

/** Refuses the text up to `end`, and passes it. */
function refuseText(input: Input, window: Window, end: number): void {
  const { text, at } = window;
  window.at = end;
  const skipped = text.slice(at, Math.min(end, at + MAX_REFUSED_CHARS));
  if (/^[\s,[\]}]*$/.test(skipped)) return;
  const { line, offset } = window.placeOf(at);
  const found = JSON.stringify(skipped.slice(0, 40));
  input.refuse({ line, offset, reason: `expected an export request in JSON, found ${found}`, text: skipped });
}

/** The request that was read, or that what was read is a part of. Refuses what is neither. */
function* requestIn(input: Input, piece: Piece): Generator<Piece, void, undefined> {
  const { place } = piece;
  const value = unwrapped(piece.request);
  const refuse = (reason: string): void =>
    input.refuse({ ...place, reason, text: JSON.stringify(value).slice(0, MAX_REFUSED_CHARS) });
  if (standingOf(value) === undefined) mendNames(value, refuse);
  const request = requestOf(value);
  if (request !== undefined) {
    mendNames(request, refuse);
    yield { ...piece, request };
  } else if (Object.hasOwn(value, 'resourceMetrics')) refuse(NO_METRICS);
  else if (Object.keys(value).length > 0) refuse(noRequest(value));
}

const NO_METRICS = 'metrics are not kept: Tacho keeps traces, and the events in logs';

function noRequest(value: JsonObject): string {
  const names = Object.keys(value).slice(0, 5);
  const found = names.map((name) => JSON.stringify(name.slice(0, 40))).join(', ');
  return `no export request: expected "resourceSpans", found ${found}`;
}

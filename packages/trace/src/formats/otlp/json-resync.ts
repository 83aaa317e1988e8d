import { isObject } from '../../model/json.ts';
import { JsonScan, parseScanned } from '../json-scan.ts';
import { isLeaf, LEAF_KEYS, type Standing, standingOfKey } from './json-levels.ts';

/** An object and its first key: where reading can go on behind damage. */
const OBJECT = /\{\s*"(\w{1,40})"\s*:/g;
/** Objects that are tried. */
const MOST_ATTEMPTS = 1000;

/**
 * The next object at `from` or behind it of which is known where it stands: a span, a scope, a resource, a request.
 * Undefined when there is none in the text.
 */
export function nextStanding(text: string, from: number): (Standing & { at: number }) | undefined {
  OBJECT.lastIndex = from;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const found = OBJECT.exec(text);
    if (found === null) return undefined;
    const at = found.index;
    const key = found[1]!;
    const standing = standingOfKey(key);
    if (standing !== undefined) return { at, ...standing };
    const scan = new JsonScan();
    const end = scan.feed(text, at);
    if (scan.state === 'open' && LEAF_KEYS.includes(key)) return { at, in: 'scope' };
    if (scan.state !== 'whole') continue;
    if (isLeaf(parsedOrNothing(text.slice(at, end), scan.bare))) return { at, in: 'scope' };
    OBJECT.lastIndex = end;
  }
  return undefined;
}

function parsedOrNothing(text: string, bare: JsonScan['bare']): unknown {
  try {
    const value = parseScanned(text, bare);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The engine holds 2048 values of a column in memory at once to compress or to search them: screenshots of half a megabyte
 * each did not fit. So a long content is stored in parts, a row each. Parts overlap, so that a text that is looked for is
 * whole in one of them.
 */
const MOST = 16_384;
/** Longer than what people search for, also as it stands in JSON. */
export const OVERLAP = 1_024;

/** The parts of a content, the first one first. No part begins or ends within a pair of surrogates. */
export function partsOf(content: string): string[] {
  const parts: string[] = [];
  let from = 0;
  while (content.length - from > MOST) {
    let to = from + MOST;
    while (isWithinPair(content, to) || isWithinPair(content, to - OVERLAP)) to--;
    parts.push(content.slice(from, to));
    from = to - OVERLAP;
  }
  parts.push(content.slice(from));
  return parts;
}

export function joinedParts(parts: readonly string[]): string {
  return parts.map((part, at) => (at === 0 ? part : part.slice(OVERLAP))).join('');
}

function isWithinPair(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code < 0xe000;
}

/** Pairs of positions, rising on both sides: what of two lists stands for the same. */
export type Pair = readonly [left: number, right: number];

/** Pieces up to this area are compared exactly; larger ones of nothing but repeated keys are taken in turn. */
const EXACT_AREA = 1_000_000;

/**
 * Aligns two lists of keys so that an insertion does not shift what follows. Equal ends are taken off, keys that stand once
 * on both sides hold the rest together (patience), and between them the longest common sequence is found.
 */
export function align(left: readonly string[], right: readonly string[]): Pair[] {
  const pairs: Pair[] = [];
  const waiting: Piece[] = [{ from: 0, to: left.length, otherFrom: 0, otherTo: right.length }];
  for (let piece = waiting.pop(); piece !== undefined; piece = waiting.pop()) {
    let { from, to, otherFrom, otherTo } = piece;
    while (from < to && otherFrom < otherTo && left[from] === right[otherFrom])
      pairs.push([from++, otherFrom++]);
    while (from < to && otherFrom < otherTo && left[to - 1] === right[otherTo - 1])
      pairs.push([--to, --otherTo]);
    if (from === to || otherFrom === otherTo) continue;
    const rest = { from, to, otherFrom, otherTo };
    const anchors = anchorsOf(left, right, rest);
    if (anchors.length === 0) {
      pairs.push(...commonSequence(left, right, rest));
      continue;
    }
    for (const [at, other] of anchors) {
      waiting.push({ from, to: at, otherFrom, otherTo: other });
      pairs.push([at, other]);
      from = at + 1;
      otherFrom = other + 1;
    }
    waiting.push({ from, to, otherFrom, otherTo });
  }
  return pairs.sort((a, b) => a[0] - b[0]);
}

type Piece = { from: number; to: number; otherFrom: number; otherTo: number };

/** The longest rising chain of keys that stand exactly once on each side of the piece. */
function anchorsOf(left: readonly string[], right: readonly string[], piece: Piece): Pair[] {
  const once = onceIn(left, piece.from, piece.to);
  const onceOther = onceIn(right, piece.otherFrom, piece.otherTo);
  const candidates: Pair[] = [];
  for (const [key, at] of once) {
    const other = onceOther.get(key);
    if (at >= 0 && other !== undefined && other >= 0) candidates.push([at, other]);
  }
  return longestRising(candidates);
}

/** Positions of keys, -1 for those that stand there more than once. */
function onceIn(keys: readonly string[], from: number, to: number): Map<string, number> {
  const once = new Map<string, number>();
  for (let at = from; at < to; at++) once.set(keys[at]!, once.has(keys[at]!) ? -1 : at);
  return once;
}

/** Of pairs that rise on the left, the most that rise on the right as well. O(n log n). */
function longestRising(pairs: readonly Pair[]): Pair[] {
  const tails: number[] = [];
  const before = new Int32Array(pairs.length).fill(-1);
  for (const [no, [, other]] of pairs.entries()) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[tails[middle]!]![1] < other) low = middle + 1;
      else high = middle;
    }
    before[no] = low > 0 ? tails[low - 1]! : -1;
    tails[low] = no;
  }
  const chain: Pair[] = [];
  for (let no = tails.at(-1) ?? -1; no >= 0; no = before[no]!) chain.push(pairs[no]!);
  return chain.reverse();
}

/** The longest common sequence of a piece; of a large one, equal keys in turn, as far as they rise. */
function commonSequence(left: readonly string[], right: readonly string[], piece: Piece): Pair[] {
  const { from, to, otherFrom, otherTo } = piece;
  const rows = to - from;
  const columns = otherTo - otherFrom;
  if (rows * columns > EXACT_AREA) return inTurn(left, right, piece);
  const width = columns + 1;
  const lengths = new Uint32Array((rows + 1) * width);
  for (let row = rows - 1; row >= 0; row--) {
    for (let column = columns - 1; column >= 0; column--) {
      lengths[row * width + column] =
        left[from + row] === right[otherFrom + column]
          ? lengths[(row + 1) * width + column + 1]! + 1
          : Math.max(lengths[(row + 1) * width + column]!, lengths[row * width + column + 1]!);
    }
  }
  const pairs: Pair[] = [];
  for (let row = 0, column = 0; row < rows && column < columns; ) {
    if (left[from + row] === right[otherFrom + column]) pairs.push([from + row++, otherFrom + column++]);
    else if (lengths[(row + 1) * width + column]! >= lengths[row * width + column + 1]!) row++;
    else column++;
  }
  return pairs;
}

function inTurn(left: readonly string[], right: readonly string[], piece: Piece): Pair[] {
  const places = new Map<string, number[]>();
  for (let other = piece.otherTo - 1; other >= piece.otherFrom; other--) {
    const known = places.get(right[other]!);
    if (known) known.push(other);
    else places.set(right[other]!, [other]);
  }
  const candidates: Pair[] = [];
  for (let at = piece.from; at < piece.to; at++) {
    const other = places.get(left[at]!)?.pop();
    if (other !== undefined) candidates.push([at, other]);
  }
  return longestRising(candidates);
}

/** Texts up to this length are looked up before they are made. Keys of attributes and names of models are shorter. */
const MAX_LENGTH = 48;
const SLOTS = 4096;

const decoder = new TextDecoder();

/**
 * UTF-8 to text. A request repeats a few hundred short texts (keys, names of models, operations) a hundred thousand times:
 * finding one again costs a quarter of a decoder call, and one copy of it is kept instead of a hundred thousand.
 */
export class ShortTexts {
  readonly #texts = new Array<string>(SLOTS).fill('');
  readonly #lengths = new Uint8Array(SLOTS);
  /** The bytes of the texts, to compare with: four at a time. */
  readonly #known = new DataView(new ArrayBuffer(SLOTS * MAX_LENGTH));

  read(bytes: Uint8Array, view: DataView, from: number, to: number): string {
    const length = to - from;
    if (length <= 0) return '';
    if (length > MAX_LENGTH) return decoder.decode(bytes.subarray(from, to));
    const slot = slotOf(bytes, view, from, to);
    if (this.#lengths[slot] === length && this.#equals(slot, bytes, view, from, to))
      return this.#texts[slot]!;
    const text = decoder.decode(bytes.subarray(from, to));
    this.#texts[slot] = text;
    this.#lengths[slot] = length;
    for (let at = 0; at < length; at++) this.#known.setUint8(slot * MAX_LENGTH + at, bytes[from + at]!);
    return text;
  }

  #equals(slot: number, bytes: Uint8Array, view: DataView, from: number, to: number): boolean {
    const known = this.#known;
    let mine = slot * MAX_LENGTH;
    let at = from;
    for (; at + 4 <= to; at += 4, mine += 4) if (known.getUint32(mine) !== view.getUint32(at)) return false;
    for (; at < to; at++, mine++) if (known.getUint8(mine) !== bytes[at]) return false;
    return true;
  }
}

function slotOf(bytes: Uint8Array, view: DataView, from: number, to: number): number {
  let hash = to - from;
  let at = from;
  for (; at + 4 <= to; at += 4) hash = Math.imul(hash ^ view.getUint32(at), 0x9e3779b1);
  for (; at < to; at++) hash = Math.imul(hash ^ bytes[at]!, 0x9e3779b1);
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}

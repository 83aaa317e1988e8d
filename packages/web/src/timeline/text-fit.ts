/** Cuts text to a width in pixels. Measuring is slow, names repeat in every frame: what was cut once is remembered. */
export class TextFit {
  readonly #measure: (text: string, font: string) => number;
  readonly #cut = new Map<string, string>();
  readonly #widths = new Map<string, number>();

  constructor(measure: (text: string, font: string) => number) {
    this.#measure = measure;
  }

  width(text: string, font: string): number {
    const key = `${font}\u0000${text}`;
    let width = this.#widths.get(key);
    if (width === undefined) {
      width = this.#measure(text, font);
      if (this.#widths.size > MOST) this.#widths.clear();
      this.#widths.set(key, width);
    }
    return width;
  }

  /** The text itself where it fits, else its beginning with an ellipsis; '' where not even three letters fit. */
  fit(text: string, font: string, widthPx: number): string {
    if (this.width(text, font) <= widthPx) return text;
    const room = Math.floor(widthPx);
    const key = `${room}\u0000${font}\u0000${text}`;
    let cut = this.#cut.get(key);
    if (cut === undefined) {
      cut = this.#shorten(text, font, room);
      if (this.#cut.size > MOST) this.#cut.clear();
      this.#cut.set(key, cut);
    }
    return cut;
  }

  #shorten(text: string, font: string, room: number): string {
    const letters = [...text];
    let low = 0;
    let high = letters.length;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#measure(`${letters.slice(0, middle).join('')}…`, font) <= room) low = middle;
      else high = middle - 1;
    }
    return low < LEAST_LETTERS ? '' : `${letters.slice(0, low).join('').trimEnd()}…`;
  }
}

const LEAST_LETTERS = 3;
/** Zooming a flame graph cuts names to ever new widths. */
const MOST = 20_000;

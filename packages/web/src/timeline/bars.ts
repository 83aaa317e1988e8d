/** Ends now, and goes on. */
export const RUNNING = 1;
/** Open in a run that is over. */
export const TORN = 2;
/** Not among the highlighted. */
export const DIM = 4;
/** In a lane that is opened into a flame graph: as high as its line, with its name inside. */
export const FLAME = 8;
/** In the heading of a closed stage. */
export const SUMMARY = 16;

/**
 * Rectangles to paint, as columns that are used again for every frame: fifty thousand objects a frame would keep the
 * garbage collector busy. Pixels from the left edge of the plot and the top of its window.
 */
export class Bars {
  count = 0;
  x = new Float32Array(1024);
  y = new Float32Array(1024);
  width = new Float32Array(1024);
  height = new Float32Array(1024);
  /** Span number; of a merged bar the first, or the first that failed. */
  span = new Int32Array(1024);
  /** How many spans the bar stands for. */
  merged = new Int32Array(1024);
  strip = new Int32Array(1024);
  paint = new Uint8Array(1024);
  depth = new Uint8Array(1024);
  flags = new Uint8Array(1024);

  clear(): void {
    this.count = 0;
  }

  /** Makes room for one more and returns its index; the caller sets every column. */
  add(): number {
    if (this.count === this.x.length) this.#grow();
    return this.count++;
  }

  #grow(): void {
    const size = this.x.length * 2;
    const float = (old: Float32Array): Float32Array<ArrayBuffer> => {
      const grown = new Float32Array(size);
      grown.set(old);
      return grown;
    };
    const int = (old: Int32Array): Int32Array<ArrayBuffer> => {
      const grown = new Int32Array(size);
      grown.set(old);
      return grown;
    };
    const byte = (old: Uint8Array): Uint8Array<ArrayBuffer> => {
      const grown = new Uint8Array(size);
      grown.set(old);
      return grown;
    };
    this.x = float(this.x);
    this.y = float(this.y);
    this.width = float(this.width);
    this.height = float(this.height);
    this.span = int(this.span);
    this.merged = int(this.merged);
    this.strip = int(this.strip);
    this.paint = byte(this.paint);
    this.depth = byte(this.depth);
    this.flags = byte(this.flags);
  }
}

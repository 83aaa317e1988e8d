import type { Place } from '../text-window.ts';

/** Text of which only what is being looked at is held: a stream's (TextWindow), or a line's. */
export type Window = {
  readonly text: string;
  at: number;
  readonly ended: boolean;
  more(): Promise<boolean>;
  drop(): void;
  placeOf(position: number): Place;
};

const encoder = new TextEncoder();

/** One line as a window: what is broken in it cannot reach into the next. */
export class LineWindow implements Window {
  readonly text: string;
  readonly ended = true;
  at = 0;
  readonly #place: Place;

  constructor(text: string, place: Place) {
    this.text = text;
    this.#place = place;
  }

  more(): Promise<boolean> {
    return Promise.resolve(false);
  }

  drop(): void {}

  placeOf(position: number): Place {
    const { line, offset } = this.#place;
    return { line, offset: offset + encoder.encode(this.text.slice(0, position)).length };
  }
}

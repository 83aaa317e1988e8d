/** Where a dot lies, in pixels from the left end and from the middle line. */
export type Dot = { xPx: number; yPx: number };

export type Strip = { dots: Dot[]; heightPx: number };

/** Higher stacks are pressed together: what is far from its place would tell of another value. */
const HIGHEST_PX = 150;

/** Puts dots onto a strip at their places from 0 to 1, what falls on the same place stacked around the middle. */
export function stripLayout(places: readonly number[], widthPx: number, dotPx: number): Strip {
  // An odd number, so that one of them has its middle where no change is.
  const columns = Math.max(1, Math.floor((widthPx / dotPx - 1) / 2) * 2 + 1);
  const heights = new Uint32Array(columns);
  const levels = places.map((place) => {
    const column = Math.min(columns - 1, Math.max(0, Math.floor(place * columns)));
    return { column, level: heights[column]!++ };
  });
  const highest = heights.reduce((max, height) => Math.max(max, height), 1);
  const stepPx = Math.min(dotPx, HIGHEST_PX / highest);
  return {
    dots: levels.map(({ column, level }) => ({
      xPx: (column + 0.5) * (widthPx / columns),
      // 0, 1 up, 1 down, 2 up …
      yPx: (level % 2 === 1 ? -1 : 1) * Math.ceil(level / 2) * stepPx,
    })),
    heightPx: (highest + 1) * stepPx + dotPx,
  };
}

/** The dot nearest to a point, both from the left end and from the middle line; undefined without dots. */
export function nearestDot(dots: readonly Dot[], xPx: number, yPx: number): number | undefined {
  let [nearest, least]: [number | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  dots.forEach((dot, at) => {
    const far = (dot.xPx - xPx) ** 2 + (dot.yPx - yPx) ** 2;
    if (far < least) [nearest, least] = [at, far];
  });
  return nearest;
}

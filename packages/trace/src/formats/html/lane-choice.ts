import type { Lane, LaneLayout } from '../../analysis/lanes.ts';

/** A lane as it is drawn. */
export type DrawnLane = { lane: Lane; row: number; rows: number };

/** Which lanes are drawn, and in which rows of the drawing. */
export type LaneRows = {
  lanes: readonly DrawnLane[];
  /** Of every row, that of the lanes drawn together included: the first of its lane. */
  heads: readonly boolean[];
  /** Lanes that are drawn together in the last row. */
  left: number;
  /** The row of a lane's sub-lane. */
  rowOf: (lane: number, row: number) => number;
  /** Whether spans that overlap lie in a row: what is drawn there merges whatever its width. */
  isRest: (row: number) => boolean;
};

/** Lanes drawn by themselves. */
const MOST_LANES = 48;
/** Rows of one lane; what runs besides is drawn in the last of them. */
const MOST_ROWS = 5;

/**
 * Chooses the lanes to draw: all of them or, where they are too many, those of stages and, of each stage in turn, the
 * ones in which most spans lie. They keep their order; the others share the last row.
 */
export function chooseLanes(layout: LaneLayout): LaneRows {
  const { lanes } = layout;
  const spans = new Uint32Array(lanes.length);
  for (const at of layout.lane) spans[at] = spans[at]! + 1;
  const isStage = (at: number): number => Number(lanes[at]!.kind === 'stage');
  const place = placesInStage(lanes, spans);
  const chosen = lanes
    .map((_, at) => at)
    .sort((a, b) => isStage(b) - isStage(a) || place[a]! - place[b]! || spans[b]! - spans[a]! || a - b)
    .slice(0, MOST_LANES)
    .sort((a, b) => a - b);
  const firstRow = new Int32Array(lanes.length).fill(-1);
  const heads: boolean[] = [];
  const drawn = chosen.map((at): DrawnLane => {
    const lane = lanes[at]!;
    const rows = Math.min(lane.rows, MOST_ROWS);
    firstRow[at] = heads.length;
    for (let sub = 0; sub < rows; sub++) heads.push(sub === 0);
    return { lane, row: firstRow[at]!, rows };
  });
  const left = lanes.length - chosen.length;
  const full = new Set(
    drawn.filter(({ lane, rows }) => lane.rows > rows).map((lane) => lane.row + lane.rows - 1),
  );
  const rest = left > 0 ? heads.push(true) - 1 : -1;
  return {
    lanes: drawn,
    heads,
    left,
    rowOf: (lane, sub) => (firstRow[lane]! < 0 ? rest : firstRow[lane]! + Math.min(sub, MOST_ROWS - 1)),
    isRest: (at) => at === rest || full.has(at),
  };
}

/** Each lane's place among those of its stage, by spans: 0 for the one with most. */
function placesInStage(lanes: readonly Lane[], spans: Uint32Array): Uint32Array {
  const place = new Uint32Array(lanes.length);
  const taken = new Map<number, number>();
  for (const at of lanes.map((_, at) => at).sort((a, b) => spans[b]! - spans[a]! || a - b)) {
    const { stage } = lanes[at]!;
    place[at] = taken.get(stage) ?? 0;
    taken.set(stage, place[at]! + 1);
  }
  return place;
}

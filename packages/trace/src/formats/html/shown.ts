/** The spans that are in the page's tree, by number: only these can be led to. */
export type Shown = ReadonlySet<number>;

/** The id that a span's place in the tree has. */
export function anchorOf(no: number): string {
  return `s${no}`;
}

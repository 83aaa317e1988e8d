/** Figures within the sentences of a comparison: the same on every machine. */

/** `62.0%` */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}

/** A difference of shares, `+12.0 points`. */
export function points(difference: number): string {
  return `${signed(difference * 100, 1)} points`;
}

/** A factor, `0.85×`. */
export function times(ratio: number): string {
  return `${ratio >= 100 ? ratio.toFixed(0) : ratio.toPrecision(3)}×`;
}

/** A plain difference with its sign, to three digits. */
export function difference(value: number): string {
  return `${value > 0 ? '+' : ''}${Number(value.toPrecision(3))}`;
}

/** Two figures in the same words, `+1.2 to +3.4 points`: the unit once. */
export function range(lower: string, upper: string): string {
  const unit = / \S+$/.exec(upper)?.[0] ?? '';
  return `${unit !== '' && lower.endsWith(unit) ? lower.slice(0, -unit.length) : lower} to ${upper}`;
}

/** `p = 0.031`, `p < 0.0001` */
export function pValue(p: number): string {
  return p < 0.0001 ? 'p < 0.0001' : `p = ${p < 0.01 ? p.toFixed(4) : p.toFixed(3)}`;
}

/** `1 task`, `40 tasks` */
export function amount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function signed(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return value > 0 ? `+${text}` : text;
}

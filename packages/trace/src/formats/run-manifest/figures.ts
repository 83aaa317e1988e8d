/** Figures as a manifest shows them: seconds to the millisecond, shares in percent to two places, dollars to six. */

export function seconds(us: number): number {
  return rounded(us / 1e6, 3);
}

/** Null: there was nothing to fail. */
export function percent(share: number | null): number | null {
  return share === null ? null : rounded(share * 100, 2);
}

export function dollars(usd: number): number {
  return rounded(usd, 6);
}

export function counted(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries(counts);
}

function rounded(value: number, places: number): number {
  return Number(value.toFixed(places));
}

/** The word that was probably meant: at most a third of it mistyped, or its beginning typed. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const started = lower.length >= 2 ? words.find((each) => each.startsWith(lower)) : undefined;
  if (started !== undefined) return started;
  const [best] = words
    .map((each) => ({ each, distance: distance(lower, each) }))
    .filter(({ each, distance: far }) => far <= Math.max(1, Math.floor(each.length / 3)))
    .sort((a, b) => a.distance - b.distance);
  return best?.each;
}

/** Names that are written much like a word, the likeliest first: for a person to choose from. */
export function similar(word: string, names: readonly string[], most: number): string[] {
  const lower = word.toLowerCase();
  return names
    .map((name) => ({ name, far: distance(lower, name.toLowerCase().split('/').at(-1)!) }))
    .filter(({ name, far }) => far <= Math.max(lower.length, name.length) / 2)
    .sort((a, b) => a.far - b.far)
    .slice(0, most)
    .map(({ name }) => name);
}

/** Letters to add, drop, replace or swap. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, at) => at)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

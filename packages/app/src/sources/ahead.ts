/** What was begun ahead of its turn. */
export type Begun<Item, Result> = { readonly item: Item; readonly result: Result };

/**
 * Does something with each item and gives the results in the order of the items, while the next `depth` are under way
 * already: to wait for the disk at every one of many small files took longer than to read them. `drop` is told of results
 * that nobody came for.
 */
export async function* ahead<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  depth: number,
  begin: (item: Item) => Promise<Result>,
  drop: (result: Result) => Promise<void> = async () => {},
): AsyncGenerator<Begun<Item, Result>, void, undefined> {
  const begun: { item: Item; result: Promise<Result> }[] = [];
  try {
    for await (const item of items) {
      const result = begin(item);
      // Its failure is met when its turn comes; without a handler now, an early one would count as unhandled.
      result.catch(() => {});
      begun.push({ item, result });
      if (begun.length > depth) yield await next(begun);
    }
    while (begun.length > 0) yield await next(begun);
  } finally {
    for (const { result } of begun) await result.then(drop, () => {});
  }
}

async function next<Item, Result>(
  begun: { item: Item; result: Promise<Result> }[],
): Promise<Begun<Item, Result>> {
  const { item, result } = begun.shift()!;
  return { item, result: await result };
}

import { atom, useAtom } from './atom.ts';
import { hrefOf, type Place, placeFrom, type RunPlace } from './url.ts';

const read = (): Place => placeFrom(location.pathname, location.search);

const here = atom<Place>(read());
addEventListener('popstate', () => here.set(read()));

export const place = (): Place => here.get();
export const onPlace = here.subscribe;
export function usePlace(): Place {
  return useAtom(here);
}

/** Goes to a place. `replace` keeps the history short for what is refined rather than visited (a selection, a zoom). */
export function go(to: Place, how: 'push' | 'replace' = 'push'): void {
  const href = hrefOf(to);
  if (href === location.pathname + location.search) return;
  if (how === 'push') history.pushState(null, '', href);
  else history.replaceState(null, '', href);
  here.set(to);
}

/** Changes some of what the run page shows. `undefined` removes. */
export function refineRun(
  change: { [K in keyof Omit<RunPlace, 'page' | 'runId'>]?: RunPlace[K] | undefined },
  how: 'push' | 'replace' = 'replace',
): void {
  const now = here.get();
  if (now.page !== 'run') return;
  const next = { ...now, ...change } as Record<string, unknown>;
  for (const key of Object.keys(next)) if (next[key] === undefined) delete next[key];
  go(next as unknown as RunPlace, how);
}

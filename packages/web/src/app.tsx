import { useEffect } from 'react';
import { RunPage } from './panels/run/run-page.tsx';
import { RunsPage } from './panels/runs/runs-page.tsx';
import { LostPage } from './panels/shell/lost-page.tsx';
import { focusSearch } from './panels/shell/search-focus.ts';
import { Shell } from './panels/shell/shell.tsx';
import { startAutoOpen } from './state/auto-open.ts';
import { watchLiveRuns } from './state/live-runs.ts';
import { usePlace } from './state/location.ts';
import { isTyping } from './ui/keys.ts';

let started = false;

/** Once per page, whatever React mounts and unmounts. */
function start(): void {
  if (started) return;
  started = true;
  void watchLiveRuns();
  startAutoOpen();
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || isTyping(event)) return;
    event.preventDefault();
    focusSearch();
  });
}

export function App() {
  const place = usePlace();
  useEffect(start, []);
  return (
    <Shell>
      {place.page === 'run' ? (
        <RunPage key={place.runId} place={place} />
      ) : place.page === 'lost' ? (
        <LostPage path={place.path} />
      ) : (
        <RunsPage place={place} />
      )}
    </Shell>
  );
}

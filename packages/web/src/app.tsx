import { lazy, Suspense, useEffect } from 'react';
import { RunPage } from './panels/run/run-page.tsx';
import { RunsPage } from './panels/runs/runs-page.tsx';
import { LostPage } from './panels/shell/lost-page.tsx';
import { focusSearch } from './panels/shell/search-focus.ts';
import { Shell } from './panels/shell/shell.tsx';
import { startAutoOpen } from './state/auto-open.ts';
import { watchLiveRuns } from './state/live-runs.ts';
import { usePlace } from './state/location.ts';
import type { Place } from './state/url.ts';
import { isTyping } from './ui/keys.ts';

// Pages that are not looked at all the time come when they are asked for: what every page loads stays small.
const AnalyticsPage = lazy(() => import('./panels/analytics/analytics-page.tsx'));
const ComparePage = lazy(() => import('./panels/compare/compare-page.tsx'));
const DiffPage = lazy(() => import('./panels/diff/diff-page.tsx'));

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

function Page({ place }: { place: Place }) {
  switch (place.page) {
    case 'run':
      return <RunPage key={place.runId} place={place} />;
    case 'analytics':
      return <AnalyticsPage place={place} />;
    case 'compare':
      return <ComparePage place={place} />;
    case 'diff':
      return <DiffPage place={place} />;
    case 'lost':
      return <LostPage path={place.path} />;
    default:
      return <RunsPage place={place} />;
  }
}

export function App() {
  const place = usePlace();
  useEffect(start, []);
  return (
    <Shell>
      <Suspense fallback={<div role="status" aria-label="Loading the page" />}>
        <Page place={place} />
      </Suspense>
    </Shell>
  );
}

import { useMemo } from 'react';
import { serverNowUs } from '../../state/clock.ts';
import { refineRun } from '../../state/location.ts';
import type { OpenRun } from '../../state/open-run.ts';
import type { RunPlace } from '../../state/url.ts';
import { usualTimes } from '../../state/usual.ts';
import { Timeline } from '../../timeline/timeline.tsx';
import type { Analyses } from './analyses.ts';

/** The Gantt chart, with its selection and its view in the URL. */
export function TimelineTab({ place, run, analyses }: { place: RunPlace; run: OpenRun; analyses: Analyses }) {
  const { columns, summary } = run;
  const usual = summary?.status === 'running' ? usualTimes() : undefined;
  const header = useMemo(() => summary && { ...summary, ...(usual && { usual }) }, [summary, usual]);
  if (!columns || !summary || !header) return null;
  return (
    <Timeline
      key={run.runId}
      columns={columns}
      version={run.version}
      header={header}
      nowUs={serverNowUs}
      selected={place.span ?? null}
      onSelect={(no) => refineRun({ span: no ?? undefined })}
      onOpen={(no) => refineRun({ span: no })}
      criticalPath={place.path ? analyses.criticalPath : undefined}
      onTogglePath={() => refineRun({ path: place.path ? undefined : true })}
      view={place.view}
      onViewChange={(view) => refineRun({ view })}
    />
  );
}

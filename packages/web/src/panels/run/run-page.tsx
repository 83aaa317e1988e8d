import { FileQuestion, ServerCrash } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { useAtom } from '../../state/atom.ts';
import { go, refineRun } from '../../state/location.ts';
import { type OpenRun, openRun, showRun } from '../../state/open-run.ts';
import { RUN_TABS, type RunPlace, type RunTab } from '../../state/url.ts';
import { focusKeys, isTyping } from '../../ui/keys.ts';
import { Notice } from '../../ui/notice.tsx';
import { TabView } from '../../ui/tabs.tsx';
import { ActivityPanel } from '../activity/activity-panel.tsx';
import { AgentsPanel } from '../agents/agents-panel.tsx';
import { CostPanel } from '../cost/cost-panel.tsx';
import { DetailsDock } from '../details/details-dock.tsx';
import { Announcer } from '../problems/announcer.tsx';
import { ProblemsPanel } from '../problems/problems-panel.tsx';
import { Link } from '../shell/link.tsx';
import { StagesPanel } from '../stages/stages-panel.tsx';
import { TreePanel } from '../tree/tree-panel.tsx';
import type { Analyses } from './analyses.ts';
import { PhaseBar } from './phase-bar.tsx';
import css from './run.module.css';
import { RunHeader } from './run-header.tsx';
import { TimelineTab } from './timeline-tab.tsx';
import { useAnalyses } from './use-analyses.ts';

export function RunPage({ place }: { place: RunPlace }) {
  const { runId } = place;
  useEffect(() => {
    showRun(runId);
  }, [runId]);
  useEffect(() => () => showRun(undefined), []);
  const opened = useAtom(openRun);
  const run = opened?.runId === runId ? opened : undefined;
  const analyses = useAnalyses(run);
  const tabs = tabsOf(analyses, place.tab);
  // The keys count the tabs that are there.
  const reachable = useRef(tabs);
  reachable.current = tabs;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (isTyping(event)) return;
      const tab = reachable.current[Number(event.key) - 1];
      if (tab) {
        refineRun({ tab }, 'push');
        // The view is mounted within a frame.
        requestAnimationFrame(() => requestAnimationFrame(() => focusKeys()));
      } else if (event.key === 'u') go({ page: 'runs', filters: {} });
      else if (event.key === 'Escape' && !event.defaultPrevented) refineRun({ span: undefined });
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const name = run?.summary?.name;
  const status = run?.summary?.status;
  useEffect(() => {
    const mark = status === 'running' ? '● ' : status === 'error' ? '✕ ' : '';
    document.title = name === undefined ? 'Tacho' : `${mark}${name} · Tacho`;
  }, [name, status]);

  if (run?.phase === 'missing') return <MissingRun runId={runId} />;
  if (run?.phase === 'failed')
    return (
      <Notice title={run.failure?.message ?? 'The run could not be loaded.'} icon={<ServerCrash size={28} />}>
        <p>{run.failure?.hint}</p>
        <p>Trying again by itself …</p>
      </Notice>
    );
  if (!run?.summary || !analyses) return <LoadingRun />;
  return <LoadedRun place={place} run={run} analyses={analyses} tabs={tabs} />;
}

/** Stages have a view where there are any, or where somebody was sent to them. */
function tabsOf(analyses: Analyses | undefined, current: RunTab): readonly RunTab[] {
  const staged = current === 'stages' || (analyses !== undefined && analyses.stageCount > 0);
  return staged ? RUN_TABS : RUN_TABS.filter((tab) => tab !== 'stages');
}

const TITLES: Record<RunTab, string> = {
  timeline: 'Timeline',
  tree: 'Tree',
  stages: 'Stages',
  agents: 'Agents',
  cost: 'Cost',
  activity: 'Activity',
  problems: 'Problems',
};

function LoadedRun({
  place,
  run,
  analyses,
  tabs,
}: {
  place: RunPlace;
  run: OpenRun;
  analyses: Analyses;
  tabs: readonly RunTab[];
}) {
  const { problems } = analyses;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each view, when it comes, takes the keys that nobody has.
  useEffect(() => focusKeys(true), [place.tab]);
  const errors = problems.filter((problem) => problem.severity === 'error').length;
  const badges: Partial<Record<RunTab, ReactNode>> = {
    stages: <span className={css.badge}>{analyses.stageCount}</span>,
    agents: <span className={css.badge}>{analyses.agents.length}</span>,
    ...(problems.length > 0 && {
      problems: <span className={errors > 0 ? css.badgeError : css.badge}>{problems.length}</span>,
    }),
  };
  return (
    <div className={css.page}>
      <RunHeader analyses={analyses} summary={run.summary ?? analyses.header} />
      <PhaseBar analyses={analyses} />
      <Announcer problems={problems} />
      <TabView
        label="Views of the run"
        value={place.tab}
        onChange={(tab) => refineRun({ tab }, 'push')}
        items={tabs.map((id) => ({ id, title: TITLES[id], badge: badges[id] }))}
      >
        <DetailsDock place={place} run={run} analyses={analyses}>
          {place.tab === 'timeline' && <TimelineTab place={place} run={run} analyses={analyses} />}
          {place.tab === 'tree' && <TreePanel place={place} analyses={analyses} />}
          {place.tab === 'stages' && <StagesPanel place={place} analyses={analyses} />}
          {place.tab === 'agents' && <AgentsPanel place={place} analyses={analyses} />}
          {place.tab === 'cost' && <CostPanel place={place} analyses={analyses} />}
          {place.tab === 'activity' && (
            <ActivityPanel runId={analyses.header.runId} toolCalls={analyses.header.toolCalls} />
          )}
          {place.tab === 'problems' && <ProblemsPanel place={place} analyses={analyses} />}
        </DetailsDock>
      </TabView>
    </div>
  );
}

function LoadingRun() {
  return (
    <div className={css.loading} role="status" aria-label="Loading the run">
      <i className={css.ghostTitle} />
      <i className={css.ghostLine} />
      <i className={css.ghostBar} />
    </div>
  );
}

function MissingRun({ runId }: { runId: string }) {
  return (
    <Notice title="There is no such run" icon={<FileQuestion size={28} />}>
      <p>
        No run is named <code>{runId}</code>. It may have been deleted, or recorded into another store. Should
        it arrive, this page shows it by itself.
      </p>
      <p>
        <Link to={{ page: 'runs', filters: {} }}>All runs</Link>
      </p>
    </Notice>
  );
}

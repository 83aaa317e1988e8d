import { kindAt, statusAt, textAt } from '@tacho/trace/model/columns';
import { X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { refineRun } from '../../state/location.ts';
import { useSpanDetail } from '../../state/span-detail.ts';
import { DETAIL_TABS, type DetailTab, type RunPlace } from '../../state/url.ts';
import { IconButton } from '../../ui/button.tsx';
import { clock, duration } from '../../ui/format.ts';
import { Notice } from '../../ui/notice.tsx';
import { TabView } from '../../ui/tabs.tsx';
import { KindDot } from '../kind-dot.tsx';
import type { Analyses } from '../run/analyses.ts';
import { type AnyStatus, StatusWord } from '../status.tsx';
import { AttributesTab } from './attributes-tab.tsx';
import css from './details.module.css';
import { EventsTab } from './events-tab.tsx';
import { MessagesTab } from './messages-tab.tsx';
import { RawTab } from './raw-tab.tsx';
import { SummaryTab } from './summary-tab.tsx';
import { ToolTab } from './tool-tab.tsx';

const TITLES: Record<DetailTab, string> = {
  summary: 'Summary',
  messages: 'Messages',
  tool: 'Tool',
  attributes: 'Attributes',
  events: 'Events',
  raw: 'Raw',
};

export function DetailsDrawer({
  place,
  no,
  runId,
  analyses,
  widthPx,
}: {
  place: RunPlace;
  no: number;
  runId: string;
  analyses: Analyses;
  widthPx: number;
}) {
  const { columns, header, nowUs } = analyses;
  const [fullFor, setFullFor] = useState<number | undefined>();
  const full = fullFor === no;
  const kind = kindAt(columns, no);
  const openEnd = Number.isNaN(columns.endUs[no]!);
  const running = header.status === 'running';
  const spanStatus = statusAt(columns, no);
  const status: AnyStatus = openEnd ? (running ? 'running' : 'torn') : spanStatus;
  const stamp = [
    columns.endUs[no],
    columns.status[no],
    columns.tokens[no],
    columns.flags[no],
    columns.error[no],
  ].join();
  const detail = useSpanDetail(runId, no, stamp, full);
  const span = detail.phase === 'failed' ? undefined : detail.span;
  const tabs = DETAIL_TABS.filter((tab) => tab !== 'tool' || kind === 'tool' || span?.tool !== undefined);
  const tab = place.detail && tabs.includes(place.detail) ? place.detail : 'summary';
  const startUs = columns.startUs[no]!;
  const lengthUs = (openEnd ? Math.max(startUs, nowUs) : columns.endUs[no]!) - startUs;
  const words = [kind, textAt(columns, 'role', no)].filter((word) => word !== '');
  const more = (): void => setFullFor(no);
  // Another span begins at its top.
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows the selection.
  useEffect(() => {
    document.getElementById('details-body')?.scrollTo({ top: 0 });
  }, [no, tab]);
  return (
    <aside className={css.drawer} style={{ width: widthPx }} aria-label="Details of the selected span">
      <header className={css.head}>
        <KindDot kind={kind} />
        <h2 title={textAt(columns, 'name', no)}>{textAt(columns, 'name', no) || '(unnamed)'}</h2>
        <IconButton label="Close the details (Esc)" onClick={() => refineRun({ span: undefined })}>
          <X size={16} />
        </IconButton>
      </header>
      <p className={css.words}>
        {words.join(' · ')} · <StatusWord status={status} />{' '}
        {openEnd && running ? clock(lengthUs) : duration(lengthUs)}
      </p>
      <TabView
        label="Details"
        small
        value={tab}
        onChange={(next) => refineRun({ detail: next === 'summary' ? undefined : next })}
        items={tabs.map((id) => ({ id, title: TITLES[id] }))}
      >
        <div className={css.body} id="details-body">
          {detail.phase === 'failed' ? (
            <Notice title={detail.failure.message}>{detail.failure.hint}</Notice>
          ) : tab === 'summary' ? (
            <SummaryTab no={no} span={span} analyses={analyses} onMore={more} />
          ) : span === undefined ? (
            <p className={css.loading}>Loading …</p>
          ) : tab === 'messages' ? (
            <MessagesTab no={no} span={span} runId={runId} analyses={analyses} onMore={more} />
          ) : tab === 'tool' ? (
            <ToolTab span={span} onMore={more} />
          ) : tab === 'attributes' ? (
            <AttributesTab span={span} onMore={more} />
          ) : tab === 'events' ? (
            <EventsTab span={span} onMore={more} />
          ) : (
            <RawTab span={span} runId={runId} no={no} onMore={more} />
          )}
        </div>
      </TabView>
    </aside>
  );
}

import { selfTimes } from '@tacho/trace/analysis/self-time';
import { kindAt, MISSING_PARENT, textAt } from '@tacho/trace/model/columns';
import type { Span } from '@tacho/trace/model/span';
import { TOKEN_BUCKETS } from '@tacho/trace/model/usage';
import { type ReactNode, useMemo } from 'react';
import { refineRun } from '../../state/location.ts';
import {
  clock,
  compact,
  counted,
  duration,
  fullTime,
  grouped,
  money,
  moneyAtLeast,
  NO_TIME,
} from '../../ui/format.ts';
import type { Analyses } from '../run/analyses.ts';
import { BUCKET_NAMES } from '../run/run-header.tsx';
import css from './details.module.css';
import { TextBlock } from './text-block.tsx';

/** Tools named for themselves in the line of tool calls. */
const MOST_TOOLS = 4;

export function SummaryTab({
  no,
  span,
  analyses,
  onMore,
}: {
  no: number;
  span: Span | undefined;
  analyses: Analyses;
  onMore: () => void;
}) {
  const { columns, tree, header, nowUs } = analyses;
  const self = useMemo(() => selfTimes(columns, tree, nowUs), [columns, tree, nowUs]);
  const inside = useMemo(() => insideOf(analyses, no), [analyses, no]);
  const startUs = columns.startUs[no]!;
  const firstTokenUs = columns.firstTokenUs[no]!;
  const parent = tree.parent[no]!;
  const model = textAt(columns, 'model', no);
  const usage = span?.usage;
  const agent = analyses.agents.find((other) => other.no === no);
  const rows: [string, ReactNode][] = [];
  if (model) rows.push(['model', span?.provider ? `${model} · ${span.provider}` : model]);
  else if (agent?.model) rows.push(['model', agent.model]);
  if (agent && agent.tokens > 0 && !usage) {
    rows.push(['tokens', grouped(agent.tokens)]);
    rows.push(['cost', moneyAtLeast(agent.costUsd, agent.unpriced)]);
  }
  if (usage) {
    const parts = TOKEN_BUCKETS.filter((bucket) => usage[bucket] > 0);
    rows.push([
      'tokens',
      <>
        {grouped(columns.tokens[no])}
        {parts.map((bucket) => (
          <span key={bucket} className={css.part}>
            <span>{BUCKET_NAMES[bucket]}</span> {grouped(usage[bucket])}
          </span>
        ))}
        <Verdict analyses={analyses} no={no} />
      </>,
    ]);
  }
  const costUsd = columns.costUsd[no]!;
  if (!Number.isNaN(costUsd))
    rows.push([
      'cost',
      <>
        {money(costUsd)}
        {span?.priceRow && <span className={css.note}>price of {span.priceRow}</span>}
      </>,
    ]);
  else if (usage)
    rows.push([
      'cost',
      <span key="cost" className={css.mute}>
        unknown: this model has no price
      </span>,
    ]);
  if (span?.reportedCostUsd !== undefined) rows.push(['cost, as reported', money(span.reportedCostUsd)]);
  if (inside.toolCalls > 0)
    rows.push([
      'tool calls',
      <>
        {compact(inside.toolCalls)}
        <span className={css.note}>
          {inside.tools
            .slice(0, MOST_TOOLS)
            .map(([name, count]) => `${name} ${count}`)
            .join(' · ')}
          {inside.tools.length > MOST_TOOLS && ' …'}
        </span>
      </>,
    ]);
  if (agent?.silentUs !== undefined)
    rows.push([
      'silent',
      <span key="silent" className={css.warn}>
        {duration(agent.silentUs)}
        {agent.usualUs !== undefined && ` · usual ${duration(agent.usualUs)}`}
      </span>,
    ]);
  if (!Number.isNaN(firstTokenUs)) rows.push(['first token', duration(firstTokenUs - startUs)]);
  rows.push(['self time', duration(self[no])]);
  rows.push([
    'started',
    <>
      {clock(startUs - header.startUs)}{' '}
      <span className={css.note}>{header.timeUntold ? NO_TIME : fullTime(startUs)}</span>
      {span?.startEstimated && <span className={css.note}>estimated: its start was never recorded</span>}
    </>,
  ]);
  const endUs = columns.endUs[no]!;
  if (!Number.isNaN(endUs)) rows.push(['ended', clock(endUs - header.startUs)]);
  if (parent >= 0) rows.push(['parent', <SpanLink key="parent" analyses={analyses} no={parent} />]);
  else if (columns.parent[no] === MISSING_PARENT)
    rows.push([
      'parent',
      <span key="parent" className={css.warn}>
        missing: {span?.parentId ?? 'not in this run'}
      </span>,
    ]);
  if (inside.spans > 0) rows.push(['inside', counted(inside.spans, 'span')]);
  if (span?.duplicateOfRun) rows.push(['counted in', span.duplicateOfRun]);
  if (span) rows.push(['span id', <code key="id">{span.spanId}</code>]);
  return (
    <>
      {span?.error && (
        <TextBlock
          title={span.error.type ?? 'error'}
          tone="error"
          value={span.error.stack ?? span.error.message}
        />
      )}
      <dl className={css.rows}>
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {span?.links && span.links.length > 0 && (
        <TextBlock
          title="links"
          value={span.links.map((link) => `${link.type} → ${link.spanId}`).join('\n')}
        />
      )}
      {kindAt(columns, no) !== 'llm' && <TextBlock title="input" value={span?.inputs} onMore={onMore} />}
      {kindAt(columns, no) !== 'llm' && <TextBlock title="output" value={span?.outputs} onMore={onMore} />}
    </>
  );
}

/** Why the tokens of a span do not count in the run's sum, where they do not. */
function Verdict({ analyses, no }: { analyses: Analyses; no: number }) {
  const verdict = analyses.judgement.verdict[no];
  const why =
    verdict === 'roll-up'
      ? 'a sum of what is inside it: counted there'
      : verdict === 'duplicate'
        ? 'repeats a call that is counted elsewhere'
        : verdict === 'unattributed'
          ? `${grouped(analyses.judgement.tokens[no])} of them are not explained by what is inside it`
          : undefined;
  return why ? <span className={css.note}>{why}</span> : null;
}

export function SpanLink({ analyses, no }: { analyses: Analyses; no: number }) {
  return (
    <button type="button" className={css.link} onClick={() => refineRun({ span: no })}>
      {textAt(analyses.columns, 'name', no) || '(unnamed)'}
    </button>
  );
}

/** What happened below a span: how many spans, which tools how often. */
function insideOf(
  { columns, tree }: Analyses,
  no: number,
): { spans: number; toolCalls: number; tools: [string, number][] } {
  const at = tree.position[no] ?? 0;
  const end = tree.end[at] ?? at + 1;
  const counts = new Map<string, number>();
  let toolCalls = 0;
  for (let place = at + 1; place < end; place++) {
    const inner = tree.order[place]!;
    if (kindAt(columns, inner) !== 'tool') continue;
    toolCalls++;
    const name = textAt(columns, 'tool', inner) || textAt(columns, 'name', inner);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return {
    spans: end - at - 1,
    toolCalls: toolCalls || (columns.toolUses[no] ?? 0),
    tools: [...counts].sort((a, b) => b[1] - a[1]),
  };
}

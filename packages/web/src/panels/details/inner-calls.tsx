import { kindAt, statusAt, textAt } from '@tacho/trace/model/columns';
import { useMemo, useState } from 'react';
import { refineRun } from '../../state/location.ts';
import { useSpanDetail } from '../../state/span-detail.ts';
import { Clamped } from '../../ui/clamped.tsx';
import { compact, duration } from '../../ui/format.ts';
import { KindDot } from '../kind-dot.tsx';
import type { Analyses } from '../run/analyses.ts';
import { answeredMessages } from './conversation.ts';
import { printed } from './cut-text.ts';
import css from './details.module.css';

/** Each call is a request of its own: so many at once. */
const PAGE = 12;
/** A conversation in passing shows this much of each text. */
const GLIMPSE = 420;

/** What the direct children of an agent or stage said and did, in the order in which they did. */
export function InnerCalls({ no, runId, analyses }: { no: number; runId: string; analyses: Analyses }) {
  const { tree } = analyses;
  const [shown, setShown] = useState(PAGE);
  const children = useMemo(() => {
    const found: number[] = [];
    const at = tree.position[no] ?? 0;
    for (let place = at + 1; place < (tree.end[at] ?? 0); place = tree.end[place]!)
      found.push(tree.order[place]!);
    return found;
  }, [tree, no]);
  return (
    <>
      {children.slice(0, shown).map((child) => (
        <InnerCall key={child} no={child} runId={runId} analyses={analyses} />
      ))}
      {children.length > shown && (
        <button type="button" className={css.link} onClick={() => setShown(shown + PAGE)}>
          show {Math.min(PAGE, children.length - shown)} more of {children.length}
        </button>
      )}
    </>
  );
}

function InnerCall({ no, runId, analyses }: { no: number; runId: string; analyses: Analyses }) {
  const { columns } = analyses;
  const kind = kindAt(columns, no);
  const endUs = columns.endUs[no]!;
  const open = Number.isNaN(endUs);
  const tokens = columns.tokens[no]!;
  const name = kind === 'llm' ? 'assistant' : textAt(columns, 'name', no);
  const facts = [
    kind === 'llm' ? textAt(columns, 'model', no) : kind,
    tokens > 0 ? `${compact(tokens)} tokens` : '',
    open ? 'running' : duration(endUs - columns.startUs[no]!),
  ].filter((fact) => fact !== '');
  return (
    <article
      className={css.message}
      data-role={kind}
      data-failed={statusAt(columns, no) === 'error' || undefined}
    >
      <header>
        <button
          type="button"
          className={css.innerHead}
          onClick={() => refineRun({ span: no, detail: 'messages' })}
        >
          <KindDot kind={kind} />
          <b>{name || '(unnamed)'}</b>
          <span>{facts.join(' · ')}</span>
        </button>
      </header>
      {kind !== 'agent' && kind !== 'stage' && (
        <Glimpse no={no} runId={runId} stamp={String(endUs)} kind={kind} />
      )}
      {textAt(columns, 'error', no) && <div className={css.innerError}>{textAt(columns, 'error', no)}</div>}
    </article>
  );
}

function Glimpse({ no, runId, stamp, kind }: { no: number; runId: string; stamp: string; kind: string }) {
  const detail = useSpanDetail(runId, no, stamp, false);
  const span = detail.phase === 'failed' ? undefined : detail.span;
  if (!span)
    return <div className={css.loading}>{detail.phase === 'failed' ? detail.failure.message : '…'}</div>;
  if (kind === 'llm') {
    const parts = answeredMessages(span.outputs).flatMap((message) => message.parts);
    const said = parts
      .filter((part) => part.type === 'text' || part.type === 'call')
      .map((part) => (part.type === 'call' ? `→ ${part.name} ${part.text.text}` : part.text.text))
      .join('\n');
    return <Clamped first={GLIMPSE} text={said || printed(span.outputs ?? '').text} />;
  }
  return (
    <>
      {span.inputs !== undefined && <Clamped mono first={GLIMPSE} text={printed(span.inputs).text} />}
      {span.outputs !== undefined && (
        <div className={css.innerResult}>
          <Clamped mono first={GLIMPSE} text={printed(span.outputs).text} />
        </div>
      )}
    </>
  );
}

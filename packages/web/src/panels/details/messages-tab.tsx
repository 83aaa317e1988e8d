import { kindAt } from '@tacho/trace/model/columns';
import type { Span, SpanKind } from '@tacho/trace/model/span';
import { useMemo } from 'react';
import { compact } from '../../ui/format.ts';
import type { Analyses } from '../run/analyses.ts';
import { answeredMessages, askedMessages, toolMessages } from './conversation.ts';
import css from './details.module.css';
import { InnerCalls } from './inner-calls.tsx';
import { MessageCard } from './message-card.tsx';
import { TextBlock } from './text-block.tsx';

/** Who speaks in the output of a span; of other kinds it is just that. */
const SPEAKERS: Partial<Record<SpanKind, string>> = { llm: 'assistant', agent: 'assistant' };

/** Inputs and outputs of a span as a conversation; of an agent, what its calls said. */
export function MessagesTab({
  no,
  span,
  runId,
  analyses,
  onMore,
}: {
  no: number;
  span: Span;
  runId: string;
  analyses: Analyses;
  onMore: () => void;
}) {
  const kind = kindAt(analyses.columns, no);
  const asked = useMemo(() => (kind === 'tool' ? [] : askedMessages(span.inputs)), [kind, span.inputs]);
  const answered = useMemo(
    () => (kind === 'tool' ? toolMessages(span) : answeredMessages(span.outputs, SPEAKERS[kind] ?? 'output')),
    [kind, span],
  );
  const { columns, tree } = analyses;
  const hasCalls = useMemo(() => {
    const at = tree.position[no] ?? 0;
    for (let place = at + 1; place < (tree.end[at] ?? 0); place++) {
      if (tree.parent[tree.order[place]!] === no) return true;
    }
    return false;
  }, [tree, no]);
  const tokens = columns.tokens[no]!;
  const nothing =
    asked.length === 0 && answered.length === 0 && span.inputs === undefined && span.outputs === undefined;
  return (
    <>
      {asked.map((message, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages have no ids, and their order never changes.
        <MessageCard key={`asked ${at}`} message={message} onMore={onMore} />
      ))}
      {asked.length === 0 && kind !== 'tool' && (
        <TextBlock title="input" value={span.inputs} onMore={onMore} />
      )}
      {hasCalls && kind !== 'llm' && <InnerCalls no={no} runId={runId} analyses={analyses} />}
      {answered.map((message, at) => (
        <MessageCard
          // biome-ignore lint/suspicious/noArrayIndexKey: as above.
          key={`answered ${at}`}
          message={message}
          onMore={onMore}
          {...(tokens > 0 && { note: `${compact(tokens)} tokens` })}
        />
      ))}
      {answered.length === 0 && <TextBlock title="output" value={span.outputs} onMore={onMore} />}
      {nothing && !hasCalls && (
        <p className={css.loading}>
          Nothing was recorded of what went in and came out
          {span.endUs === undefined ? ' yet' : ''}.
        </p>
      )}
    </>
  );
}

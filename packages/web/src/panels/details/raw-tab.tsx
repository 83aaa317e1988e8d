import type { Span } from '@tacho/trace/model/span';
import { fetchSpan } from '../../api/client.ts';
import { Clamped } from '../../ui/clamped.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { printed } from './cut-text.ts';
import css from './details.module.css';

/** The span as Tacho holds it. Copying always takes the whole of it. */
export function RawTab({
  span,
  runId,
  no,
  onMore,
}: {
  span: Span;
  runId: string;
  no: number;
  onMore: () => void;
}) {
  const { text, length } = printed(JSON.parse(JSON.stringify(span)));
  return (
    <section className={css.block}>
      <header>
        <span>span {no}</span>
        <CopyButton
          label="Copy the whole span as JSON"
          text={async () => JSON.stringify(await fetchSpan(runId, no, true), null, 2)}
        />
      </header>
      <Clamped text={text} length={length} mono onMore={onMore} />
    </section>
  );
}

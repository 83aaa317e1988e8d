import type { Span } from '@tacho/trace/model/span';
import css from './details.module.css';
import { TextBlock } from './text-block.tsx';

/** A tool call: what it was given and what came back. */
export function ToolTab({ span, onMore }: { span: Span; onMore: () => void }) {
  return (
    <>
      <dl className={css.rows}>
        <div>
          <dt>tool</dt>
          <dd>{span.tool?.name ?? span.name}</dd>
        </div>
        {span.tool?.category && (
          <div>
            <dt>category</dt>
            <dd>{span.tool.category}</dd>
          </div>
        )}
        {span.tool?.callId && (
          <div>
            <dt>call id</dt>
            <dd>
              <code>{span.tool.callId}</code>
            </dd>
          </div>
        )}
      </dl>
      {span.error && <TextBlock title={span.error.type ?? 'error'} tone="error" value={span.error.message} />}
      <TextBlock title="arguments" value={span.inputs} onMore={onMore} />
      <TextBlock title="result" value={span.outputs} onMore={onMore} />
      {span.inputs === undefined && span.outputs === undefined && (
        <p className={css.loading}>Neither arguments nor a result were recorded.</p>
      )}
    </>
  );
}

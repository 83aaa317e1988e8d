import type { Span } from '@tacho/trace/model/span';
import { duration } from '../../ui/format.ts';
import css from './details.module.css';
import { TextBlock } from './text-block.tsx';

/** Events that are laid out at once. */
const MOST = 300;

/** Points in time inside the span, in order, counted from its start. */
export function EventsTab({ span, onMore }: { span: Span; onMore: () => void }) {
  const events = [...(span.events ?? [])].sort((a, b) => a.tsUs - b.tsUs);
  if (events.length === 0) return <p className={css.loading}>No events were recorded in this span.</p>;
  return (
    <ol className={css.events}>
      {events.slice(0, MOST).map((event, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: events have no ids; equal names at equal times exist.
        <li key={at} data-level={event.level}>
          <span className={css.eventTime}>+{duration(event.tsUs - span.startUs)}</span>
          <div>
            <b>{event.name}</b>
            {event.level && <span className={css.level}>{event.level}</span>}
            {event.attributes && Object.keys(event.attributes).length > 0 && (
              <TextBlock title="attributes" value={event.attributes} onMore={onMore} />
            )}
          </div>
        </li>
      ))}
      {events.length > MOST && <li className={css.loading}>and {events.length - MOST} more, in Raw</li>}
    </ol>
  );
}

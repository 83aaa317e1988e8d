import { Clamped } from '../../ui/clamped.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import type { Message, Part } from './conversation.ts';
import css from './details.module.css';

/** One message. What it says came from outside: it is text, and nothing in it is a link. */
export function MessageCard({
  message,
  note,
  onMore,
}: {
  message: Message;
  note?: string;
  onMore: () => void;
}) {
  return (
    <article className={css.message} data-role={message.role}>
      <header>
        <span>
          {message.role}
          {note && <> · {note}</>}
        </span>
        <CopyButton text={() => message.parts.map((part) => part.text.text).join('\n\n')} />
      </header>
      {message.parts.map((part, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no ids, and their order never changes.
        <PartView key={at} part={part} onMore={onMore} />
      ))}
    </article>
  );
}

function PartView({ part, onMore }: { part: Part; onMore: () => void }) {
  const body = (mono: boolean) => (
    <Clamped text={part.text.text} length={part.text.length} mono={mono} onMore={onMore} />
  );
  switch (part.type) {
    case 'text':
      return <div className={css.part2}>{body(false)}</div>;
    case 'thinking':
      return (
        <details className={css.thinking}>
          <summary>thinking</summary>
          {body(false)}
        </details>
      );
    case 'call':
      return (
        <div className={css.call}>
          <span className={css.callName}>→ {part.name}</span>
          {body(true)}
        </div>
      );
    case 'result':
      return (
        <div className={css.call} data-failed={part.failed || undefined}>
          <span className={css.callName}>
            ← {part.name ?? 'result'}
            {part.failed && ' · failed'}
          </span>
          {body(true)}
        </div>
      );
    case 'other':
      return (
        <details className={css.thinking}>
          <summary>{part.name}</summary>
          {body(true)}
        </details>
      );
  }
}

import { useState } from 'react';
import css from './clamped.module.css';
import { bytes } from './format.ts';

/** Long enough for most messages; what is longer has to be asked for, so that one payload cannot freeze the page. */
const SHOWN = 4_000;
/** Asked for, text comes in pieces of this size: laying out a megabyte at once takes seconds. */
const PIECE = 200_000;

/**
 * Text from outside, as text only. `length` is its full length where `text` is a cut of it, and `onMore` fetches the rest.
 */
export function Clamped({
  text,
  length = text.length,
  onMore,
  mono = false,
  first = SHOWN,
}: {
  text: string;
  length?: number;
  onMore?: () => void;
  mono?: boolean;
  /** Characters that are shown unasked. */
  first?: number;
}) {
  const [shown, setShown] = useState(first);
  const visible = text.length > shown ? text.slice(0, shown) : text;
  const hidden = length > visible.length;
  return (
    <div className={css.box}>
      <div className={mono ? css.mono : css.text}>{visible}</div>
      {hidden && (
        <button
          type="button"
          className={css.more}
          onClick={() => {
            setShown((now) => (now === first ? PIECE : now + PIECE));
            if (text.length < length && shown + PIECE > text.length) onMore?.();
          }}
        >
          {shown === first
            ? `show all (${bytes(length)})`
            : `show more (${bytes(length - visible.length)} left)`}
        </button>
      )}
      {!hidden && shown > first && text.length > first && (
        <button type="button" className={css.more} onClick={() => setShown(first)}>
          show less
        </button>
      )}
    </div>
  );
}

import type { JsonValue } from '@tacho/trace/model/json';
import type { ReactNode } from 'react';
import { Clamped } from '../../ui/clamped.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { printed, textOf } from './cut-text.ts';
import css from './details.module.css';

/** A named value in a box of its own: text as text, all else as JSON; clamped, copyable. */
export function TextBlock({
  title,
  value,
  onMore,
  tone,
}: {
  title: ReactNode;
  value: JsonValue | undefined;
  onMore?: () => void;
  tone?: 'error';
}) {
  if (value === undefined) return null;
  const { text, length } = printed(value);
  return (
    <section className={css.block} data-tone={tone}>
      <header>
        <span>{title}</span>
        <CopyButton text={() => text} />
      </header>
      <Clamped
        text={text}
        length={length}
        mono={textOf(value) === undefined || tone === 'error'}
        {...(onMore && { onMore })}
      />
    </section>
  );
}

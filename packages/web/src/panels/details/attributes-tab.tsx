import type { Span } from '@tacho/trace/model/span';
import { useState } from 'react';
import { Clamped } from '../../ui/clamped.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { printed, textOf } from './cut-text.ts';
import css from './details.module.css';

/** Everything else the source says about the span, by name. */
export function AttributesTab({ span, onMore }: { span: Span; onMore: () => void }) {
  const [find, setFind] = useState('');
  const entries = Object.entries(span.attributes ?? {}).filter(([, value]) => value !== undefined);
  const needle = find.trim().toLowerCase();
  const shown = entries
    .map(([name, value]) => ({ name, value, ...printed(value) }))
    .filter(({ name, text }) => `${name} ${text}`.toLowerCase().includes(needle))
    .sort((a, b) => a.name.localeCompare(b.name));
  if (entries.length === 0) return <p className={css.loading}>The span carries no attributes.</p>;
  return (
    <>
      {entries.length > 8 && (
        <input
          className={css.filter}
          type="search"
          placeholder={`Filter ${entries.length} attributes`}
          aria-label="Filter attributes"
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
      )}
      <dl className={css.attributes}>
        {shown.map(({ name, value, text, length }) => (
          <div key={name}>
            <dt>
              <span>{name}</span>
              <CopyButton text={() => text} label={`Copy ${name}`} />
            </dt>
            <dd>
              <Clamped text={text} length={length} onMore={onMore} mono={textOf(value) === undefined} />
            </dd>
          </div>
        ))}
      </dl>
      {shown.length === 0 && <p className={css.loading}>No attribute matches.</p>}
    </>
  );
}

import { useEffect, useState } from 'react';
import { SearchBox, type SearchBoxProps } from './search-box.tsx';

/** Typing is searched after a pause of this length. */
const PAUSE_MS = 220;

/** A search that asks the server: `onChange` hears what was typed after a pause. Escape empties it, then leaves it. */
export function PausedSearch({ value, onChange, onKeyDown, ...rest }: SearchBoxProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed.trim() === value) return;
    const timer = setTimeout(() => onChange(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <SearchBox
      {...rest}
      value={typed}
      onChange={setTyped}
      onKeyDown={(event) => {
        onKeyDown?.(event);
        if (event.key !== 'Escape') return;
        if (typed === '') event.currentTarget.blur();
        setTyped('');
      }}
    />
  );
}

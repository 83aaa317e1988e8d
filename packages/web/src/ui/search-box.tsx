import { Search } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import css from './search-box.module.css';

/** Marks the field that `/` and the button in the bar go to. */
export const SEARCH_FIELD = 'data-search-field';

export type SearchBoxProps = Omit<ComponentProps<'input'>, 'onChange' | 'value' | 'type'> & {
  /** What is searched, for screen readers. */
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** The search of the page: the one that `/` goes to. */
  main?: boolean;
  large?: boolean;
  /** The browser's own cross, which empties the field. */
  cross?: boolean;
  /** At the end of the box, within its border. */
  after?: ReactNode;
};

/** A field to search in. `className` is for the box: how wide it is, is up to the place where it stands. */
export function SearchBox({
  label,
  onChange,
  main = false,
  large = false,
  cross = false,
  after,
  className = '',
  ...rest
}: SearchBoxProps) {
  // A label presses what it holds: with more in it than the field, it would be pressed in its stead.
  const Box = after === undefined ? 'label' : 'span';
  return (
    <Box
      className={`${css.box} ${className}`}
      data-large={large || undefined}
      data-cross={cross || undefined}
    >
      <Search size={large ? 14 : 13} aria-hidden="true" />
      <input
        {...(main && { [SEARCH_FIELD]: true })}
        type="search"
        aria-label={label}
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
        {...rest}
      />
      {after}
    </Box>
  );
}

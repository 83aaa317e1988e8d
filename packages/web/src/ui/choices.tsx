import type { ComponentProps, ReactNode } from 'react';
import css from './choices.module.css';

/** A row of `Choice`s, of which one holds. */
export function Choices({
  label,
  look,
  small = false,
  className = '',
  children,
}: {
  label: string;
  /** Each on its own, or all in one frame. */
  look: 'pills' | 'segments';
  small?: boolean;
  className?: string | undefined;
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend that every browser lays out differently.
    <div
      className={`${css[look]} ${className}`}
      data-small={small || undefined}
      role="group"
      aria-label={label}
    >
      {children}
    </div>
  );
}

export function Choice({ chosen, ...rest }: ComponentProps<'button'> & { chosen: boolean }) {
  return <button type="button" className={css.choice} aria-pressed={chosen} {...rest} />;
}

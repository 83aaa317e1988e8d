import type { ComponentProps } from 'react';
import css from './button.module.css';
import { Tip } from './tooltip.tsx';

type Look = 'plain' | 'quiet' | 'primary';

export function Button({
  look = 'plain',
  className = '',
  ...rest
}: ComponentProps<'button'> & { look?: Look }) {
  return <button type="button" className={`${css.button} ${css[look]} ${className}`} {...rest} />;
}

/** A button that is only an icon: its name is read aloud and shown as a tip. */
export function IconButton({ label, className = '', ...rest }: ComponentProps<'button'> & { label: string }) {
  return (
    <Tip text={label}>
      <button type="button" aria-label={label} className={`${css.icon} ${className}`} {...rest} />
    </Tip>
  );
}

import type { ComponentProps, MouseEvent } from 'react';
import { go } from '../../state/location.ts';
import { hrefOf, type Place } from '../../state/url.ts';

/** A link within the page: a real one, so that it opens in a new tab, copies and is announced as any other. */
export function Link({ to, onClick, ...rest }: Omit<ComponentProps<'a'>, 'href'> & { to: Place }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event);
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!plain || event.defaultPrevented) return;
    event.preventDefault();
    go(to);
  };
  return <a {...rest} href={hrefOf(to)} onClick={follow} />;
}

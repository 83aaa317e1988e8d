import { type ReactNode, useEffect, useState } from 'react';
import { isTyping } from '../../ui/keys.ts';
import { TipProvider } from '../../ui/tooltip.tsx';
import { Banners } from './banners.tsx';
import { NavBar } from './nav-bar.tsx';
import css from './shell.module.css';
import { Shortcuts } from './shortcuts.tsx';

/** What every page has around it: the bar on top, banners, the shortcuts dialog. */
export function Shell({ children }: { children: ReactNode }) {
  const [help, setHelp] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key === '?' && !isTyping(event)) {
        event.preventDefault();
        setHelp(true);
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <TipProvider>
      <div className={css.shell}>
        <a className={css.skip} href="#content">
          Skip to the content
        </a>
        <NavBar onHelp={() => setHelp(true)} />
        <Banners />
        <main id="content" className={css.content} tabIndex={-1}>
          {children}
        </main>
      </div>
      <Shortcuts open={help} onClose={() => setHelp(false)} />
    </TipProvider>
  );
}

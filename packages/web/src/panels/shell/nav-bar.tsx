import { Keyboard, Moon, Search, Sun, SunMoon } from 'lucide-react';
import { useState } from 'react';
import { usePlace } from '../../state/location.ts';
import type { Place } from '../../state/url.ts';
import { IconButton } from '../../ui/button.tsx';
import { zoneName } from '../../ui/format.ts';
import { chooseTheme, type ThemeChoice, themeChoice } from '../../ui/theme.ts';
import { Tip } from '../../ui/tooltip.tsx';
import { Link } from './link.tsx';
import { LiveBadge } from './live-badge.tsx';
import { focusSearch } from './search-focus.ts';
import css from './shell.module.css';

const THEMES: Record<ThemeChoice, { icon: typeof Sun; title: string; next: ThemeChoice }> = {
  system: { icon: SunMoon, title: 'Theme: as the system. Switch to light', next: 'light' },
  light: { icon: Sun, title: 'Theme: light. Switch to dark', next: 'dark' },
  dark: { icon: Moon, title: 'Theme: dark. Switch to the system’s', next: 'system' },
};

const PAGES: readonly { name: string; to: Place; pages: readonly Place['page'][] }[] = [
  { name: 'Runs', to: { page: 'runs', filters: {} }, pages: ['home', 'runs'] },
  { name: 'Analytics', to: { page: 'analytics', filters: {} }, pages: ['analytics'] },
  { name: 'Compare', to: { page: 'compare' }, pages: ['compare'] },
  { name: 'Diff', to: { page: 'diff' }, pages: ['diff'] },
];

export function NavBar({ onHelp }: { onHelp: () => void }) {
  const place = usePlace();
  const [choice, setChoice] = useState(themeChoice);
  const theme = THEMES[choice];
  return (
    <header className={css.nav}>
      <Link className={css.brand} to={{ page: 'runs', filters: {} }} aria-label="Tacho, all runs">
        <svg width={20} height={20} viewBox="0 0 20 20" aria-hidden="true">
          <circle cx={10} cy={10} r={8.6} fill="none" stroke="var(--accent)" strokeWidth={1.7} />
          <path d="M10 10 14.2 5" stroke="var(--accent)" strokeWidth={1.9} strokeLinecap="round" />
          <circle cx={10} cy={10} r={1.7} fill="var(--accent)" />
        </svg>
        Tacho
      </Link>
      <nav className={css.links} aria-label="Pages">
        {PAGES.map(({ name, to, pages }) => (
          <Link
            key={name}
            className={css.link}
            to={to}
            {...(pages.includes(place.page) && { 'aria-current': 'page' })}
          >
            {name}
          </Link>
        ))}
      </nav>
      <span className={css.gap} />
      <LiveBadge />
      <button type="button" className={css.chip} onClick={focusSearch}>
        <Search size={13} aria-hidden="true" /> <kbd>/</kbd> search
      </button>
      <Tip text="All times are in this zone, your browser’s.">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: its explanation has to be reachable by keyboard. */}
        <span className={`${css.chip} ${css.zone}`} tabIndex={0}>
          {zoneName(new Date())}
        </span>
      </Tip>
      <span className={css.tools}>
        <IconButton
          label={theme.title}
          onClick={() => {
            chooseTheme(theme.next);
            setChoice(theme.next);
          }}
        >
          <theme.icon size={16} />
        </IconButton>
        <IconButton label="Keyboard shortcuts (?)" onClick={onHelp}>
          <Keyboard size={16} />
        </IconButton>
      </span>
    </header>
  );
}

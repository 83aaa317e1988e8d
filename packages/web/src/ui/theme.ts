/** Light, dark, or what the system says. */
export type ThemeChoice = 'system' | 'light' | 'dark';

const KEY = 'tacho.theme';
const system = (): MediaQueryList => matchMedia('(prefers-color-scheme: light)');

/** What the person chose; `system` until they did. */
export function themeChoice(): ThemeChoice {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

/** Chooses a theme, for this page and the next visits. */
export function chooseTheme(choice: ThemeChoice): void {
  try {
    if (choice === 'system') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, choice);
  } catch {
    // Storage is switched off: the choice holds for this page only.
  }
  applyTheme(choice);
}

/** Keeps the page in step with the system, and with a choice made in another tab. */
export function followTheme(): void {
  system().addEventListener('change', () => applyTheme(themeChoice()));
  addEventListener('storage', (event) => {
    if (event.key === KEY) applyTheme(themeChoice());
  });
}

function applyTheme(choice: ThemeChoice): void {
  document.documentElement.dataset.theme =
    choice === 'system' ? (system().matches ? 'light' : 'dark') : choice;
}

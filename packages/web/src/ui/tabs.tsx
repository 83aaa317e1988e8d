import { Tabs } from 'radix-ui';
import type { ReactNode } from 'react';
import css from './tabs.module.css';

export type TabItem<T extends string> = {
  id: T;
  title: string;
  /** A small figure beside the title. */
  badge?: ReactNode;
};

/** A row of tabs and the panel of the chosen one. Arrow keys move, as in every tab list. */
export function TabView<T extends string>({
  label,
  items,
  value,
  onChange,
  children,
  small = false,
  after,
}: {
  label: string;
  items: readonly TabItem<T>[];
  value: T;
  onChange: (id: T) => void;
  children: ReactNode;
  small?: boolean;
  after?: ReactNode;
}) {
  return (
    <Tabs.Root className={css.root} value={value} onValueChange={(id) => onChange(id as T)}>
      <div className={`${css.bar} ${small ? css.small : ''}`}>
        <Tabs.List className={css.list} aria-label={label}>
          {items.map((item) => (
            <Tabs.Trigger key={item.id} value={item.id} className={css.tab}>
              {item.title}
              {item.badge}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {after}
      </div>
      <Tabs.Content key={value} value={value} className={css.panel} tabIndex={-1}>
        {children}
      </Tabs.Content>
    </Tabs.Root>
  );
}

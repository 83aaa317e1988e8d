import type { ReactNode } from 'react';
import css from './notice.module.css';

/** A page or pane that has nothing to show, and says what to do about it. */
export function Notice({ title, children, icon }: { title: string; children?: ReactNode; icon?: ReactNode }) {
  return (
    <div className={css.notice}>
      {icon && <div className={css.icon}>{icon}</div>}
      <h2>{title}</h2>
      {children && <div className={css.text}>{children}</div>}
    </div>
  );
}

/** One line across the page: something is going on that is not about one thing on it. */
export function Banner({
  tone,
  children,
  role = 'status',
}: {
  tone: 'info' | 'warn' | 'error';
  children: ReactNode;
  role?: 'status' | 'alert';
}) {
  return (
    <div className={`${css.banner} ${css[tone]}`} role={role}>
      {children}
    </div>
  );
}

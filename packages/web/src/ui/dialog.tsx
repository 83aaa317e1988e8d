import { X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { IconButton } from './button.tsx';
import css from './dialog.module.css';

/**
 * A modal dialog. The browser's own: it traps the focus, closes with Escape and needs no style element, which a strict
 * Content-Security-Policy would refuse (Radix's modal dialog injects one to lock scrolling).
 */
export function Dialog({
  title,
  open,
  onClose,
  children,
}: {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (!element) return;
    if (open && !element.open) element.showModal();
    else if (!open && element.open) element.close();
  }, [open]);
  return (
    <dialog
      ref={ref}
      className={css.dialog}
      aria-label={title}
      onClose={onClose}
      // The element does that itself, unless an open tooltip has taken the key for its own.
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      {open && (
        <div className={css.body}>
          <header className={css.head}>
            <h2>{title}</h2>
            <IconButton label="Close" onClick={onClose}>
              <X size={16} />
            </IconButton>
          </header>
          {children}
        </div>
      )}
    </dialog>
  );
}

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import css from './button.module.css';

/** Copies a text, and says so. `text` is asked for when it is needed: it may be long. */
export function CopyButton({
  text,
  label = 'Copy',
}: {
  text: () => string | Promise<string>;
  label?: string;
}) {
  const [state, setState] = useState<'idle' | 'done' | 'failed'>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), 1_500);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(await text());
      setState('done');
    } catch {
      setState('failed');
    }
  };
  const said = state === 'done' ? 'Copied' : state === 'failed' ? 'Copying was refused' : label;
  return (
    <button type="button" className={css.icon} aria-label={said} title={said} onClick={() => void copy()}>
      {state === 'done' ? <Check size={14} color="var(--ok)" /> : <Copy size={14} />}
    </button>
  );
}

import { type PointerEvent as ReactPointerEvent, useState } from 'react';
import css from './resizer.module.css';

/** The edge between two panes: dragged, or moved with the arrow keys. `value` is the width of the pane to its right, in pixels. */
export function Resizer({
  value,
  min,
  max,
  label,
  onChange,
}: {
  value: number;
  min: number;
  max: number;
  label: string;
  onChange: (widthPx: number) => void;
}) {
  const [from, setFrom] = useState<{ x: number; width: number } | undefined>();
  const set = (width: number): void => onChange(Math.round(Math.min(max, Math.max(min, width))));
  const begin = (event: ReactPointerEvent<HTMLElement>): void => {
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    setFrom({ x: event.clientX, width: value });
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved is a widget, which <hr> is not.
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      className={css.edge}
      onPointerDown={begin}
      onPointerMove={(event) => from && set(from.width + from.x - event.clientX)}
      onPointerUp={() => setFrom(undefined)}
      onPointerCancel={() => setFrom(undefined)}
      onKeyDown={(event) => {
        if (event.key === 'ArrowLeft') set(value + 24);
        else if (event.key === 'ArrowRight') set(value - 24);
        else return;
        event.preventDefault();
        event.stopPropagation();
      }}
    />
  );
}

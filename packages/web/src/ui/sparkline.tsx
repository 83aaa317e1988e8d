import { memo } from 'react';

/** A line over its own area, of fixed size. The highest value touches the top; all zero is a flat line. */
export const Sparkline = memo(function Sparkline({
  values,
  widthPx,
  heightPx,
  label,
  color = 'var(--accent)',
}: {
  values: ArrayLike<number>;
  widthPx: number;
  heightPx: number;
  label: string;
  color?: string;
}) {
  let top = 0;
  for (let at = 0; at < values.length; at++) top = Math.max(top, values[at] ?? 0);
  const step = values.length > 1 ? widthPx / (values.length - 1) : widthPx;
  let line = '';
  for (let at = 0; at < values.length; at++) {
    const y = heightPx - 1 - (top === 0 ? 0 : ((values[at] ?? 0) / top) * (heightPx - 2));
    line += `${at === 0 ? 'M' : 'L'}${(at * step).toFixed(1)} ${y.toFixed(1)}`;
  }
  return (
    <svg width={widthPx} height={heightPx} role="img" aria-label={label}>
      {line !== '' && (
        <>
          <path d={`${line}L${widthPx} ${heightPx}L0 ${heightPx}Z`} fill={color} opacity={0.16} />
          <path d={line} fill="none" stroke={color} strokeWidth={1.25} strokeLinejoin="round" />
        </>
      )}
    </svg>
  );
});

import type { SpanKind } from '@tacho/trace/model/span';
import css from './span-bar.module.css';

/** The time that bars are drawn in: of a run, from its start to now. */
export type BarScale = { fromUs: number; wholeUs: number };

export function barScale(header: { startUs: number; lastUs: number }, nowUs: number): BarScale {
  const { startUs, lastUs } = header;
  return { fromUs: startUs, wholeUs: Math.max(1, nowUs - startUs, lastUs - startUs) };
}

/** When a span ran, as a bar where it lies in the run. The element around it is positioned. */
export function SpanBar({
  scale,
  startUs,
  endUs,
  kind,
  open,
  failed,
}: {
  scale: BarScale;
  startUs: number;
  endUs: number;
  kind: SpanKind;
  /** It has no end yet, or never had one. */
  open: boolean;
  failed: boolean;
}) {
  const left = Math.min(1, Math.max(0, (startUs - scale.fromUs) / scale.wholeUs));
  const width = Math.min(1 - left, Math.max(0, (endUs - startUs) / scale.wholeUs));
  return (
    <i
      className={css.bar}
      data-open={open || undefined}
      style={{
        left: `${left * 100}%`,
        width: `max(2px, ${width * 100}%)`,
        backgroundColor: failed ? 'var(--error)' : `var(--kind-${kind})`,
      }}
    />
  );
}

import type { SpanKind } from '@tacho/trace/model/span';
import css from './kind-dot.module.css';

/** The colour of a kind, with its first letter: two kinds are never told apart by colour alone. */
export function KindDot({ kind }: { kind: SpanKind }) {
  return (
    <span
      className={css.dot}
      style={{
        backgroundColor: `color-mix(in srgb, var(--kind-${kind}) 26%, var(--bg))`,
        color: `var(--kind-${kind})`,
      }}
      title={kind}
      aria-hidden="true"
    >
      {kind[0]}
    </span>
  );
}

import type { SpanKind } from '@tacho/trace/model/span';
import css from './kind-dot.module.css';

const SIGNS: Record<SpanKind, string> = {
  task: '•',
  agent: 'A',
  llm: 'L',
  tool: 'T',
  stage: 'S',
  retrieval: 'R',
  embedding: 'E',
  evaluation: 'V',
  decision: 'D',
};

/** The colour of a kind, with a letter of its own: two kinds are never told apart by colour alone. */
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
      {SIGNS[kind]}
    </span>
  );
}

import { Scale } from 'lucide-react';
import type { ComparePlace } from '../../state/url.ts';
import { counted } from '../../ui/format.ts';
import { Notice } from '../../ui/notice.tsx';
import { Link } from '../shell/link.tsx';
import css from './compare.module.css';
import { type Example, examplesOf, othersOf, type Suggestion } from './suggestions.ts';
import type { KnownStored } from './use-stored.ts';

/** A side is missing: what a comparison is, and some that could be made of what is stored. */
export function Start({ place, stored }: { place: ComparePlace; stored: KnownStored }) {
  if (stored.known && stored.runs.length === 0)
    return (
      <Notice title="No runs to compare yet" icon={<Scale size={28} />}>
        <p>
          A comparison needs two sets of runs.{' '}
          <Link to={{ page: 'runs', filters: {} }}>How to record or import some</Link>
        </p>
      </Notice>
    );
  const { baseline, treatment } = place;
  const chosen = baseline ?? treatment;
  const examples: Example[] =
    chosen === undefined
      ? examplesOf(stored)
      : othersOf(chosen, stored).map((other) =>
          // What is chosen already stays on its side.
          baseline === undefined
            ? { baseline: other, treatment: { text: chosen } }
            : { baseline: { text: chosen }, treatment: other },
        );
  const title = baseline
    ? 'And against which runs?'
    : treatment
      ? 'And what is it compared with?'
      : 'Is it better than before, or only luckier?';
  return (
    <div className={css.start}>
      <Scale size={28} aria-hidden="true" />
      <h2>{title}</h2>
      <p>
        Two sets of runs, paired by task, get a verdict on success, duration, tokens, cost and score, with how
        sure it is. A side is a session, an agent, a project, a label’s value, or terms that all hold:{' '}
        <code>agent=codex,from=7d</code>.
      </p>
      {examples.length > 0 && (
        <ul className={css.examples} aria-label="Comparisons of what is stored">
          {examples.map(({ baseline: before, treatment: after, why }) => (
            <li key={`${before.text}\n${after.text}`}>
              <Link to={{ ...place, baseline: before.text, treatment: after.text }}>
                <Side of={before} />
                <span className={css.against}>against</span>
                <Side of={after} />
                {why && <small>{why}</small>}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Side({ of: { text, runs } }: { of: Suggestion }) {
  return (
    <span className={css.exampleSide}>
      <code>{text}</code>
      {runs !== undefined && <small> {counted(runs, 'run')}</small>}
    </span>
  );
}

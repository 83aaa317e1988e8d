import { CircleAlert } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { fetchComparison } from '../../api/client.ts';
import { useAnswer } from '../../state/answer.ts';
import { go } from '../../state/location.ts';
import type { ComparePlace } from '../../state/url.ts';
import { Button } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import css from './compare.module.css';
import { CompareForm } from './compare-form.tsx';
import { Judging } from './judging.tsx';
import { MetricTable } from './metric-table.tsx';
import { Repeats } from './repeats.tsx';
import { Sides } from './sides.tsx';
import { Start } from './start.tsx';
import { pairKeysOf, suggestionsOf } from './suggestions.ts';
import { Tasks } from './tasks.tsx';
import { useStored } from './use-stored.ts';
import { VerdictSentences } from './verdict.tsx';

/** Two sets of runs against each other: is the treatment better than the baseline, or only luckier? */
export default function ComparePage({ place }: { place: ComparePlace }) {
  const { baseline, treatment, pairBy, successAt } = place;
  const stored = useStored();
  const suggestions = useMemo(() => suggestionsOf(stored), [stored]);
  const pairKeys = useMemo(() => pairKeysOf(stored), [stored]);
  const request =
    baseline !== undefined && treatment !== undefined
      ? { baseline, treatment, ...(pairBy && { pairBy }), ...(successAt !== undefined && { successAt }) }
      : undefined;
  const answer = useAnswer(
    request && JSON.stringify(request),
    (signal) => fetchComparison(request!, signal),
    { keeps: true },
  );
  const { phase, value, failure } = answer ?? {};
  useEffect(() => {
    document.title = 'Compare · Tacho';
  }, []);
  return (
    <div className={css.page}>
      <h1 className="visually-hidden">Compare</h1>
      <CompareForm
        place={place}
        suggestions={suggestions}
        pairKeys={pairKeys}
        onCompare={(asked) => {
          const { metric, sort, descending } = place;
          answer?.again();
          go({
            page: 'compare',
            ...asked,
            ...(metric && { metric }),
            ...(sort && { sort }),
            ...(descending && { descending }),
          });
        }}
      />
      {answer === undefined && <Start place={place} stored={stored} />}
      <p className={phase === 'asking' ? css.loading : 'visually-hidden'} role="status">
        {phase === 'asking' ? 'Comparing…' : phase === 'ready' && value?.metrics[0]?.sentence}
      </p>
      {phase === 'failed' && (
        <Notice
          title={failure?.message ?? 'The runs could not be compared.'}
          icon={<CircleAlert size={28} />}
        >
          {failure?.hint && <p>{failure.hint}</p>}
          {failure && (failure.status === 0 || failure.status >= 500) && (
            <p>
              <Button onClick={answer?.again}>Try again</Button>
            </p>
          )}
        </Notice>
      )}
      {value && failure === undefined && (
        <div className={css.answer} data-stale={phase === 'asking' || undefined}>
          <VerdictSentences comparison={value} />
          <Sides comparison={value} />
          <MetricTable comparison={value} />
          <Tasks comparison={value} place={place} />
          <Repeats comparison={value} />
          <Judging comparison={value} />
        </div>
      )}
    </div>
  );
}

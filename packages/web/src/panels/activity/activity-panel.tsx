import { Footprints } from 'lucide-react';
import { useEffect, useState } from 'react';
import { type ActivityFigures, fetchActivity } from '../../api/client.ts';
import { compact, duration, grouped, multiple, percent } from '../../ui/format.ts';
import { Notice } from '../../ui/notice.tsx';
import css from './activity.module.css';
import { FIGURES, PHASES, phaseShares } from './activity-figures.ts';

/** What the agents did with code: phases beside what research found of developers, and the figures behind them. */
export function ActivityPanel({ runId, toolCalls }: { runId: string; toolCalls: number }) {
  const [known, setKnown] = useState<{ runId: string; figures: ActivityFigures } | undefined>();
  const [failure, setFailure] = useState<string | undefined>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: other calls, other figures.
  useEffect(() => {
    const leaving = new AbortController();
    fetchActivity(runId, leaving.signal).then(
      (figures) => {
        setKnown({ runId, figures });
        setFailure(undefined);
      },
      (error: unknown) => {
        if (!leaving.signal.aborted) setFailure(error instanceof Error ? error.message : String(error));
      },
    );
    return () => leaving.abort();
  }, [runId, toolCalls]);
  if (known?.runId !== runId)
    return failure === undefined ? null : <Notice title={failure} icon={<Footprints size={28} />} />;
  const { figures } = known;
  if (figures.time_allocation.total_actions === 0)
    return (
      <Notice title="No tool calls" icon={<Footprints size={28} />}>
        Reads, searches, edits and tests appear here, by phase, once tools are called.
      </Notice>
    );
  return (
    <div className={css.panel}>
      <section className={css.shares} aria-label="Phases">
        <ShareBar title="Actions" figures={figures} by="actions" research />
        <ShareBar title="Time" figures={figures} by="seconds" />
        {figures.tokens.by_phase !== null && <ShareBar title="Tokens" figures={figures} by="tokens" />}
        <ul className={css.legend}>
          {PHASES.map(({ phase, title }) => (
            <li key={phase}>
              <i data-phase={phase} />
              {title}
            </li>
          ))}
          <li className={css.researchNote}>
            <i className={css.tick} />
            developers, by research: 58 % comprehension, 35 % navigation
          </li>
        </ul>
      </section>
      {figures.interpretation.length > 0 && (
        <ul className={css.sentences}>
          {figures.interpretation.map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
      )}
      <div className={css.groups}>
        {FIGURES.map(({ title, figures: list }) => (
          <section key={title} className={css.group}>
            <h2>{title}</h2>
            <dl>
              {list.map(({ name, of, unit }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{shown(of(figures), unit)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </div>
  );
}

function shown(
  value: number | boolean | null | undefined,
  unit: (typeof FIGURES)[number]['figures'][number]['unit'],
): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (unit === 'seconds') return duration(value * 1e6);
  if (unit === 'share') return percent(value);
  if (unit === 'ratio') return multiple(value);
  return unit === 'tokens' ? compact(value) : grouped(value);
}

/** The phases as parts of a whole; for actions with the marks of the research. */
function ShareBar({
  title,
  figures,
  by,
  research = false,
}: {
  title: string;
  figures: ActivityFigures;
  by: 'actions' | 'seconds' | 'tokens';
  research?: boolean;
}) {
  const parts = phaseShares(figures, by);
  const text = (value: number): string =>
    by === 'seconds'
      ? duration(value * 1e6)
      : by === 'tokens'
        ? compact(value)
        : `${grouped(value)} ${value === 1 ? 'action' : 'actions'}`;
  return (
    <div className={css.share}>
      <span className={css.shareTitle}>{title}</span>
      <div className={css.bar}>
        {parts.map(({ phase, share, value, name }) => (
          <span
            key={phase}
            className={css.part}
            data-phase={phase}
            style={{ width: `${share * 100}%` }}
            title={`${name}: ${percent(share)}, ${text(value)}`}
          >
            {share >= 0.07 && percent(share)}
          </span>
        ))}
        {research && (
          <>
            <i className={css.mark} style={{ left: '58%' }} title="58 % comprehension, by research" />
            <i className={css.mark} style={{ left: '93%' }} title="35 % navigation, by research" />
          </>
        )}
      </div>
    </div>
  );
}

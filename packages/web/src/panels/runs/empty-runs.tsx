import { Gauge } from 'lucide-react';
import { CopyButton } from '../../ui/copy-button.tsx';
import { OfferList, useOffers } from './offers.tsx';
import css from './runs.module.css';

const RECORD = `import { RunTrace } from '@tacho/trace';

const trace = new RunTrace({ task: 'my first run' });
await trace.span('plan', { kind: 'agent' }, async (span) => {
  const answer = await callModel();
  span.logUsage(answer);
});
await trace.end();`;

const WAYS = [
  {
    title: 'See one live',
    text: 'npx tacho demo',
    why: '35 agents at work for about 80 seconds. Models are played: it costs nothing.',
  },
  {
    title: 'Import',
    text: 'npx tacho import PATH',
    why: 'telemetry.jsonl, Claude Code sessions, folders of them.',
  },
  {
    title: 'Watch a folder',
    text: 'npx tacho serve --watch DIR',
    why: 'Runs appear here while they are written.',
  },
] as const;

/** Nothing has been recorded yet: what to do about it, shortest way first. */
export function EmptyRuns() {
  const offers = useOffers();
  return (
    <div className={css.empty}>
      <header>
        <Gauge size={30} color="var(--accent)" aria-hidden="true" />
        <h2>No runs yet</h2>
        <p>Record one, import what is there already, or let the demo drive.</p>
      </header>
      {offers && offers.length > 0 && <OfferList offers={offers} />}
      <div className={css.ways}>
        {WAYS.map((way) => (
          <section key={way.title} className={css.way}>
            <h3>{way.title}</h3>
            <div className={css.command}>
              <code>{way.text}</code>
              <CopyButton text={() => way.text} label={`Copy: ${way.text}`} />
            </div>
            <p>{way.why}</p>
          </section>
        ))}
      </div>
      <section className={css.way}>
        <h3>Record your own program</h3>
        <div className={css.command}>
          <pre>{RECORD}</pre>
          <CopyButton text={() => RECORD} label="Copy the example" />
        </div>
        <p>
          Its lines go to <code>./logs</code>, which Tacho watches, or over HTTP with <code>TACHO_URL</code>.
        </p>
      </section>
    </div>
  );
}

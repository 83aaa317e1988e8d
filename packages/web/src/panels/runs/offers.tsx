import { Download } from 'lucide-react';
import { useEffect, useState } from 'react';
import { fetchOffers, importOffer, type SourceOffer } from '../../api/client.ts';
import { useAtom } from '../../state/atom.ts';
import { serverNowUs } from '../../state/clock.ts';
import { runList } from '../../state/run-list.ts';
import { Button } from '../../ui/button.tsx';
import { ago, bytes, counted } from '../../ui/format.ts';
import { Pop } from '../../ui/popover.tsx';
import css from './runs.module.css';

/** What was found on this machine; undefined until the server has answered. */
export function useOffers(): SourceOffer[] | undefined {
  const [offers, setOffers] = useState<SourceOffer[] | undefined>();
  useEffect(() => {
    let current = true;
    // Nothing found and not being able to ask look the same: it is an offer, not a duty.
    fetchOffers().then(
      (found) => current && setOffers(found),
      () => current && setOffers([]),
    );
    return () => {
      current = false;
    };
  }, []);
  return offers;
}

/** The offers behind a button in the bar. */
export function Offers() {
  const offers = useOffers();
  if (!offers || offers.length === 0) return null;
  return (
    <Pop
      label="Import"
      align="end"
      trigger={
        <Button>
          <Download size={14} /> Import
        </Button>
      }
    >
      <OfferList offers={offers} />
    </Pop>
  );
}

export function OfferList({ offers }: { offers: readonly SourceOffer[] }) {
  return (
    <div className={css.offers}>
      <h3>Found on this machine</h3>
      {offers.map((offer) => (
        <Offer key={offer.id} offer={offer} />
      ))}
      <p className={css.mute}>
        Nothing leaves this machine. Anything else: <code>npx tacho import PATH</code>
      </p>
    </div>
  );
}

type Progress = { phase: 'idle' } | { phase: 'going'; from: number } | { phase: 'failed'; why: string };

function Offer({ offer }: { offer: SourceOffer }) {
  const list = useAtom(runList);
  const [progress, setProgress] = useState<Progress>({ phase: 'idle' });
  const start = async (): Promise<void> => {
    setProgress({ phase: 'going', from: list.total });
    try {
      await importOffer(offer.id);
    } catch (error) {
      setProgress({ phase: 'failed', why: error instanceof Error ? error.message : String(error) });
    }
  };
  const arrived = progress.phase === 'going' ? Math.max(0, list.total - progress.from) : 0;
  return (
    <div className={css.offer}>
      <div>
        <b>{offer.title}</b>
        <div className={css.mute}>
          {counted(offer.files, 'file')} · {bytes(offer.bytes)} · newest {ago(offer.newestUs, serverNowUs())}
        </div>
        <div className={css.path} title={offer.path}>
          {offer.path}
        </div>
        {progress.phase === 'failed' && (
          <div className={css.failed} role="alert">
            {progress.why}
          </div>
        )}
      </div>
      {progress.phase === 'going' ? (
        <span className={css.arrived} role="status">
          importing · {counted(arrived, 'new run')}
        </span>
      ) : (
        <Button look="primary" onClick={() => void start()}>
          Import
        </Button>
      )}
    </div>
  );
}

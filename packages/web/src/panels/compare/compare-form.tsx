import { ArrowLeftRight } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import type { ComparePlace } from '../../state/url.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { counted } from '../../ui/format.ts';
import css from './compare.module.css';
import type { Suggestion } from './suggestions.ts';

type Fields = Record<'baseline' | 'treatment' | 'pairBy' | 'successAt', string>;

const fieldsOf = ({ baseline, treatment, pairBy, successAt }: ComparePlace): Fields => ({
  baseline: baseline ?? '',
  treatment: treatment ?? '',
  pairBy: pairBy ?? '',
  successAt: successAt === undefined ? '' : String(successAt),
});

/** Which runs stand on which side, typed as `tacho compare` takes it. */
export function CompareForm({
  place,
  suggestions,
  pairKeys,
  onCompare,
}: {
  place: ComparePlace;
  suggestions: readonly Suggestion[];
  pairKeys: readonly string[];
  onCompare: (asked: Pick<ComparePlace, 'baseline' | 'treatment' | 'pairBy' | 'successAt'>) => void;
}) {
  const id = useId();
  const asked = fieldsOf(place);
  const [fields, setFields] = useState(asked);
  // While the page is drawn and not after it: what is typed at once must not be undone.
  const key = JSON.stringify(asked);
  const [shown, setShown] = useState(key);
  if (shown !== key) {
    setShown(key);
    setFields(asked);
  }
  const put = (name: keyof Fields, value: string): void => setFields((now) => ({ ...now, [name]: value }));
  const compare = ({ baseline, treatment, pairBy, successAt }: Fields): void => {
    const at = Number(successAt);
    onCompare({
      ...(baseline.trim() && { baseline: baseline.trim() }),
      ...(treatment.trim() && { treatment: treatment.trim() }),
      ...(pairBy.trim() && pairBy.trim() !== 'task' && { pairBy: pairBy.trim() }),
      ...(successAt.trim() && Number.isFinite(at) && { successAt: at }),
    });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    compare(fields);
  };
  const swap = (): void => {
    const turned = { ...fields, baseline: fields.treatment, treatment: fields.baseline };
    setFields(turned);
    if (place.baseline && place.treatment) compare(turned);
  };
  const side = (name: 'baseline' | 'treatment', title: string) => (
    <label className={css.field} data-side={name}>
      <span>{title}</span>
      <input
        value={fields[name]}
        list={`${id}-sides`}
        placeholder="session=NAME, agent=NAME, LABEL=VALUE"
        spellCheck={false}
        autoComplete="off"
        required
        onChange={(event) => put(name, event.target.value)}
      />
    </label>
  );
  return (
    <form className={css.form} aria-label="What to compare" onSubmit={submit}>
      {side('baseline', 'Baseline')}
      <IconButton label="Swap the sides" className={css.swap ?? ''} onClick={swap}>
        <ArrowLeftRight size={15} />
      </IconButton>
      {side('treatment', 'Treatment')}
      <label className={css.field} data-small>
        <span>Pair by</span>
        <input
          value={fields.pairBy}
          list={`${id}-keys`}
          placeholder="task"
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => put('pairBy', event.target.value)}
        />
      </label>
      <label className={css.field} data-small>
        <span>Success from score</span>
        <input
          type="number"
          step="any"
          value={fields.successAt}
          placeholder="as judged"
          onChange={(event) => put('successAt', event.target.value)}
        />
      </label>
      <Button type="submit" look="primary" className={css.submit ?? ''}>
        Compare
      </Button>
      <datalist id={`${id}-sides`}>
        {suggestions.map(({ text, runs }) => (
          <option key={text} value={text}>
            {runs !== undefined && counted(runs, 'run')}
          </option>
        ))}
      </datalist>
      <datalist id={`${id}-keys`}>
        {pairKeys.map((key) => (
          <option key={key} value={key} />
        ))}
      </datalist>
    </form>
  );
}

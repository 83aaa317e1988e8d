import { countedCost } from '@tacho/trace/analysis/tally';
import { textAt } from '@tacho/trace/model/columns';
import { ChevronRight } from 'lucide-react';
import type { RunPlace } from '../../state/url.ts';
import { counted, grouped, moneyAtLeast, percent } from '../../ui/format.ts';
import type { Analyses } from '../run/analyses.ts';
import { Link } from '../shell/link.tsx';
import css from './cost.module.css';
import type { CostGroup } from './cost-groups.ts';

/** Calls that are laid out when a group is opened. */
const MOST = 50;

export function GroupRow({
  group,
  share,
  open,
  onToggle,
  analyses,
  place,
}: {
  group: CostGroup;
  share: number;
  open: boolean;
  onToggle: () => void;
  analyses: Analyses;
  place: RunPlace;
}) {
  const { columns, judgement } = analyses;
  const known = group.unpriced < group.calls.length;
  return (
    <tbody>
      <tr className={css.group}>
        <th scope="row">
          <button type="button" className={css.opener} aria-expanded={open} onClick={onToggle}>
            <ChevronRight size={14} aria-hidden="true" />
            <span className={css.name}>{group.name}</span>
          </button>
        </th>
        <td className={css.wide}>
          <span className={css.bar}>
            <i style={{ width: `${share * 100}%` }} />
          </span>
          <span className={css.share}>{percent(share)}</span>
        </td>
        <td>{moneyAtLeast(known ? group.costUsd : undefined, group.unpriced)}</td>
        <td>{grouped(group.tokens)}</td>
        <td className={css.calls}>{grouped(group.calls.length)}</td>
      </tr>
      {open &&
        group.calls.slice(0, MOST).map((no) => {
          const cost = countedCost(columns, judgement, no);
          return (
            <tr key={no} className={css.call} aria-current={place.span === no || undefined}>
              <th scope="row">
                <Link className={css.callName} to={{ ...place, span: no }}>
                  {textAt(columns, 'name', no) || '(unnamed)'}
                </Link>
              </th>
              <td className={css.wide}>{textAt(columns, 'model', no)}</td>
              <td>{cost === null ? 'unknown' : moneyAtLeast(cost, 0)}</td>
              <td>{grouped(judgement.tokens[no])}</td>
              <td className={css.calls} />
            </tr>
          );
        })}
      {open && group.calls.length > MOST && (
        <tr className={css.call}>
          <td colSpan={5} className={css.more}>
            and {counted(group.calls.length - MOST, 'cheaper call')}
          </td>
        </tr>
      )}
    </tbody>
  );
}

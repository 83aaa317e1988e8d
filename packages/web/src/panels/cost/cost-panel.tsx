import { stageNumbers } from '@tacho/trace/analysis/stages';
import { totalTokens } from '@tacho/trace/model/usage';
import { Coins } from 'lucide-react';
import { useMemo, useState } from 'react';
import { refineRun } from '../../state/location.ts';
import { COST_GROUPINGS, type CostGrouping, type RunPlace } from '../../state/url.ts';
import { Choice, Choices } from '../../ui/choices.tsx';
import { counted, grouped, moneyAtLeast } from '../../ui/format.ts';
import { Notice } from '../../ui/notice.tsx';
import type { Analyses } from '../run/analyses.ts';
import { Books } from './books.tsx';
import css from './cost.module.css';
import { costGroups } from './cost-groups.ts';
import { GroupRow } from './group-row.tsx';

const WORDS: Record<CostGrouping, string> = {
  stage: 'Stages',
  agent: 'Agents',
  model: 'Models',
  tool: 'Tools',
};

/** Groups that are laid out at once. */
const MOST = 200;

/** Stages, where there are any: one row "outside of stages" would say nothing. */
function usualGrouping({ columns, tree }: Analyses): CostGrouping {
  return stageNumbers(columns, tree).length > 0 ? 'stage' : 'model';
}

/** Where the money and the tokens went; every figure opens up to the calls behind it. */
export function CostPanel({ place, analyses }: { place: RunPlace; analyses: Analyses }) {
  const { columns, tree, judgement, header } = analyses;
  const by = place.by ?? usualGrouping(analyses);
  const [open, setOpen] = useState<string | undefined>();
  const groups = useMemo(() => costGroups({ columns, tree, judgement }, by), [columns, tree, judgement, by]);
  const tokens = groups.reduce((sum, group) => sum + group.tokens, 0);
  const costUsd = groups.reduce((sum, group) => sum + group.costUsd, 0);
  const unpriced = groups.reduce((sum, group) => sum + group.unpriced, 0);
  if (groups.length === 0)
    return (
      <Notice title="No tokens and no cost" icon={<Coins size={28} />}>
        Spans that report usage or a cost appear here, by stage, agent, model and tool.
      </Notice>
    );
  const known = groups.some((group) => group.unpriced < group.calls.length);
  // Shares of what is known: of the cost, or of the tokens where no price is known at all.
  const whole = costUsd > 0 ? costUsd : tokens;
  return (
    <div className={css.panel}>
      <Choices label="Group by" look="pills" className={css.choices}>
        {COST_GROUPINGS.map((grouping) => (
          <Choice
            key={grouping}
            chosen={grouping === by}
            onClick={() => {
              setOpen(undefined);
              refineRun({ by: grouping });
            }}
          >
            {WORDS[grouping]}
          </Choice>
        ))}
        <span className={css.total}>
          <b>{moneyAtLeast(known ? costUsd : undefined, unpriced)}</b> for {grouped(tokens)} tokens
          {unpriced > 0 && <> · {counted(unpriced, 'call')} without a price</>}
        </span>
      </Choices>
      <div className={css.scroller}>
        <table className={css.groups}>
          <thead>
            <tr>
              <th scope="col">{WORDS[by].slice(0, -1)}</th>
              <th scope="col" className={css.wide}>
                {costUsd > 0 ? 'Share of the known cost' : 'Share of the tokens'}
              </th>
              <th scope="col">Cost</th>
              <th scope="col">Tokens</th>
              <th scope="col" className={css.calls}>
                Calls
              </th>
            </tr>
          </thead>
          {groups.slice(0, MOST).map((group) => (
            <GroupRow
              key={group.key}
              group={group}
              share={whole === 0 ? 0 : (costUsd > 0 ? group.costUsd : group.tokens) / whole}
              open={open === group.key}
              onToggle={() => setOpen(open === group.key ? undefined : group.key)}
              analyses={analyses}
              place={place}
            />
          ))}
        </table>
        {groups.length > MOST && (
          <p className={css.rest}>and {counted(groups.length - MOST, 'cheaper group')}</p>
        )}
        <Books runId={header.runId} tokens={header.usage ? totalTokens(header.usage) : 0} />
      </div>
    </div>
  );
}

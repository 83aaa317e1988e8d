import { type ExplainedGroup, type ExplainedPrice, pricedBy } from '@tacho/trace/model/explanation';
import { totalTokens } from '@tacho/trace/model/usage';
import { useEffect, useState } from 'react';
import { type Books as BooksOfRun, fetchBooks } from '../../api/client.ts';
import { grouped, money } from '../../ui/format.ts';
import css from './cost.module.css';

/** The prices that were applied, and what became of every span that reports tokens: asked of the server, which knows the rows. */
export function Books({ runId, tokens }: { runId: string; tokens: number }) {
  const [books, setBooks] = useState<BooksOfRun | undefined>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: other tokens, other books.
  useEffect(() => {
    const leaving = new AbortController();
    fetchBooks(runId, leaving.signal).then(setBooks, () => {});
    return () => leaving.abort();
  }, [runId, tokens]);
  if (books === undefined || books.runId !== runId) return null;
  return (
    <>
      <section>
        <h2 className={css.title}>Prices</h2>
        <table className={css.books}>
          <thead>
            <tr>
              <th scope="col">Model</th>
              <th scope="col">Price row</th>
              <th scope="col">Calls</th>
              <th scope="col">Tokens</th>
              <th scope="col">Cost</th>
              <th scope="col">Source says</th>
            </tr>
          </thead>
          <tbody>
            {books.prices.map((price) => (
              <PriceRow key={`${price.model}\n${pricedBy(price)}`} price={price} />
            ))}
          </tbody>
        </table>
      </section>
      <section>
        <h2 className={css.title}>What counts, and what does not</h2>
        <table className={css.books}>
          <thead>
            <tr>
              <th scope="col">Verdict</th>
              <th scope="col">Meaning</th>
              <th scope="col">Spans</th>
              <th scope="col">Reported</th>
              <th scope="col">Counted</th>
              <th scope="col">Cost</th>
            </tr>
          </thead>
          <tbody>
            {books.groups.map((group) => (
              <VerdictRow key={group.verdict} group={group} />
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}

function PriceRow({ price }: { price: ExplainedPrice }) {
  const { model, priceRow, calls, rests, usage, costUsd, reportedCostUsd } = price;
  return (
    <tr>
      <th scope="row">{model}</th>
      <td className={priceRow === null ? css.unknown : undefined}>{pricedBy(price)}</td>
      <td>{rests > 0 ? '' : grouped(calls)}</td>
      <td>{grouped(totalTokens(usage))}</td>
      <td>{costUsd === null ? 'unknown' : money(costUsd)}</td>
      <td>{reportedCostUsd === undefined ? '' : money(reportedCostUsd)}</td>
    </tr>
  );
}

function VerdictRow({ group }: { group: ExplainedGroup }) {
  const { verdict, meaning, spans, reportedTokens, countedTokens, costUsd } = group;
  return (
    <tr>
      <th scope="row">{verdict}</th>
      <td>{meaning}</td>
      <td>{grouped(spans)}</td>
      <td>{grouped(reportedTokens)}</td>
      <td>{grouped(countedTokens)}</td>
      <td>{costUsd === null ? 'unknown' : money(costUsd)}</td>
    </tr>
  );
}

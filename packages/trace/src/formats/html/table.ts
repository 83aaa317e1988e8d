import type { Cell, DigestTable } from '../digest-table.ts';
import { fitted, html, type Markup, percentage } from './markup.ts';
import { anchorOf, type Shown } from './shown.ts';

const MOST_CELL = 240;
const MOST_TITLE = 40;

/** A table of the digest as a section, under a picture of it if there is one; spans' names lead to the tree where they are in it. */
export function tableSection(table: DigestTable, shown: Shown, picture?: Markup): Markup {
  const { key, title, columns, rows, rest, note } = table;
  const heads = columns.map(
    ({ title, figure }) =>
      html`<th scope="col"${figure ? html` class="n"` : undefined}>${fitted(title, MOST_TITLE)}</th>`,
  );
  // Bars are as long as their part of the longest: of forty agents none has much of the whole.
  const longest = columns.map((_, at) => Math.max(0, ...rows.map((cells) => cells[at]!.share ?? 0)));
  const body = rows.map(
    (cells) =>
      html`<tr>${cells.map((cell, at) => cellMarkup(cell, columns[at]!.figure, longest[at]!, shown))}</tr>`,
  );
  const more =
    rest === undefined || rest === ''
      ? undefined
      : html`<tr class="rest"><td colspan="${columns.length}">${rest}</td></tr>`;
  const said = note === undefined ? undefined : html`<p class="note">${note}</p>`;
  return html`<section id="${key}"><h2>${title}</h2>${picture}<div class="scroll"><table><thead><tr>${heads}</tr></thead><tbody>${body}${more}</tbody></table></div>${said}</section>`;
}

function cellMarkup(
  { text, foreign, tone, no, kind, share = 0 }: Cell,
  figure: boolean,
  longest: number,
  shown: Shown,
): Markup {
  const place = figure
    ? 'n'
    : foreign === 'prose'
      ? 'prose'
      : foreign === 'name' && tone === undefined
        ? 'name'
        : 'word';
  const words = fitted(text, MOST_CELL);
  const named =
    no !== undefined && shown.has(no) ? html`<a href="#${anchorOf(no)}">${words}</a>` : html`${words}`;
  const dot = kind === undefined ? undefined : html`<i class="dot k-${kind}"></i>`;
  const bar = share > 0 ? html` style="--part:${percentage(share / longest)}"` : undefined;
  const look = [place, ...(tone === undefined ? [] : [tone]), ...(share > 0 ? ['bar'] : [])].join(' ');
  return html`<td class="${look}"${bar}>${dot}${named}</td>`;
}

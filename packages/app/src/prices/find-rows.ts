import { findModel } from './model-match.ts';
import { coreOf, spellingsOf } from './model-name.ts';
import { type PriceRow, rowsOf } from './price-rows.ts';
import type { NamedRows, PriceSection, PriceTable, TableRow } from './price-table.ts';
import { providerOf } from './provider-name.ts';
import type { Place } from './yaml-places.ts';

/** Where a row stands. */
export type RowOrigin =
  | { of: 'table'; place: Place; project?: string; isDefault: boolean }
  | { of: 'library'; provider: string; model: string };

/** A row that may price a call, if it holds on its day. */
export type FoundRow = PriceRow & {
  /** Names table, model and day: what stands at a span as the price that made its cost. */
  label: string;
  origin: RowOrigin;
  validUntil?: string;
};

/** Whose rows are looked for. */
export type Wanted = { model: string; provider?: string; project?: string };

/**
 * The rows for a model, the one that wins first: of the run's project, of the table, of the library, and then the default
 * of the project and of the table, for a model that has no row in either, on any day. A name is known as a whole, with its
 * prefixes, dates and versions taken off, never by likeness.
 */
export function findRows(table: PriceTable | undefined, { model, provider, project }: Wanted): FoundRow[] {
  const library = libraryRows(model, provider);
  if (!table) return library;
  const own = project === undefined ? undefined : table.projects.get(project);
  const listed: FoundRow[] = [];
  const others: FoundRow[] = [];
  for (const [section, of] of [[own, project] as const, [table, undefined] as const]) {
    if (!section) continue;
    const named = namedRows(section, model, provider);
    if (named) listed.push(...fromTable(table, named.rows, named.name, of, false));
    if (section.default) others.push(...fromTable(table, section.default, 'default', of, true));
  }
  return [...listed, ...library, ...(listed.length === 0 && isModelName(model) ? others : [])];
}

/** `<synthetic>` is what a tool writes where no model answered. */
function isModelName(name: string): boolean {
  return name.trim() !== '' && !/^<.*>$/.test(name.trim());
}

/** A row of `provider/model` is for that provider alone, and goes before one of the model. */
function namedRows(
  section: PriceSection,
  model: string,
  provider: string | undefined,
): NamedRows | undefined {
  const said = provider?.trim().toLowerCase();
  const spellings = spellingsOf(model);
  const core = coreOf(model);
  for (const prefix of said ? [`${said}/`, ''] : ['']) {
    for (const spelling of spellings) {
      const named = section.models.get(prefix + spelling);
      if (named) return named;
    }
    const named = section.cores.get(prefix + core);
    if (named) return named;
  }
  return undefined;
}

function fromTable(
  table: PriceTable,
  rows: readonly TableRow[],
  name: string,
  project: string | undefined,
  isDefault: boolean,
): FoundRow[] {
  const source = table.updatedAt === undefined ? table.name : `${table.name} of ${table.updatedAt}`;
  const whose = project === undefined ? '' : `project ${project}, `;
  return rows.map(({ prices, place, validFrom, validUntil, fromUs, untilUs }) => ({
    prices,
    label: `${source}: ${whose}${name}${validFrom === undefined ? '' : ` @ ${validFrom}`}`,
    origin: { of: 'table', place, isDefault, ...(project !== undefined && { project }) },
    ...(validFrom !== undefined && { startDate: validFrom }),
    ...(validUntil !== undefined && { validUntil }),
    holds: (atUs) => atUs >= fromUs && atUs < untilUs,
  }));
}

function libraryRows(model: string, providerName: string | undefined): FoundRow[] {
  const provider = providerOf(model, providerName);
  const found = provider && findModel(provider, model);
  if (!found) return [];
  const name = `${found.provider.id}/${found.model.id}`;
  return rowsOf(found.model.prices).map((row) => ({
    ...row,
    label: row.startDate === undefined ? name : `${name} @ ${row.startDate}`,
    origin: { of: 'library', provider: found.provider.id, model: found.model.id },
  }));
}

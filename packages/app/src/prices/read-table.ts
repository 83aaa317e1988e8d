import type { NamedRows, PriceSection, PriceTable, TableProblem, TableRow } from './price-table.ts';
import { type Currency, currencyOf, dayOf, found, readRow, type Tell } from './read-row.ts';
import { type Place, YamlPlaces } from './yaml-places.ts';

const USD: Currency = { code: 'USD', usdPerUnit: 1 };
const FIELDS = ['models', 'default', 'currency', 'usd_per_unit', 'updated_at', 'projects', 'notes'];
const PROJECT_FIELDS = ['models', 'default', 'notes'];
/** A table of all models on sale has some thousands; a few lines of aliases can say as many as they like. */
const MOST_ROWS = 50_000;
/** Problems told: what is wrong everywhere need not be told everywhere. */
const MOST_PROBLEMS = 1_000;

/** Reads a user's table. Never throws: what is wrong is in `problems`, what is good works. */
export function readTable(text: string, name: string): PriceTable {
  const problems: TableProblem[] = [];
  const tell: Tell = (problem) => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
  };
  const nothing = { name, models: new Map(), cores: new Map(), projects: new Map(), rows: 0, problems };
  try {
    const yaml = new YamlPlaces(text);
    for (const { line, column, message } of yaml.errors)
      tell({ line, column, field: '', message: `is no YAML: ${message}` });
    return problems.length > 0 ? nothing : { ...new TableReader(yaml, tell).table(name), problems };
  } catch (error) {
    const reason = error instanceof RangeError ? 'it is nested too deeply' : String(error);
    tell({ line: 1, column: 1, field: '', message: `cannot be read: ${reason}` });
    return nothing;
  }
}

class TableReader {
  readonly #yaml: YamlPlaces;
  readonly #tell: Tell;
  #currency: Currency | undefined = USD;
  #rows = 0;
  #full = false;

  constructor(yaml: YamlPlaces, tell: Tell) {
    this.#yaml = yaml;
    this.#tell = tell;
  }

  table(name: string): Omit<PriceTable, 'problems'> {
    const place = { line: 1, column: 1 };
    const fields = this.#yaml.fields(this.#yaml.root);
    if (!fields) {
      const message = `expected a table with "models", found ${found(this.#yaml, this.#yaml.root)}`;
      this.#tell({ ...place, field: '', message });
    }
    const own = this.#known(this.#yaml.root, FIELDS, '');
    this.#currency = currencyOf(this.#yaml, fields ?? [], '', place, USD, this.#tell);
    const updatedAt = dayOf(this.#yaml, fields ?? [], 'updated_at', '', this.#tell);
    const section = this.#section(own, '');
    const projects = this.#projects(own.get('projects'));
    return {
      name,
      ...section,
      projects,
      rows: this.#rows,
      ...(updatedAt !== undefined && { updatedAt }),
    };
  }

  /** The fields of a mapping by name; strangers and repetitions are told. */
  #known(
    value: unknown,
    names: readonly string[],
    path: string,
  ): Map<string, { place: Place; value: unknown }> {
    const known = new Map<string, { place: Place; value: unknown }>();
    for (const { key, place, value: item } of this.#yaml.fields(value) ?? []) {
      const field = path === '' ? key : `${path}.${key}`;
      if (!names.includes(key))
        this.#tell({ ...place, field, message: `is not known: expected one of ${names.join(', ')}` });
      else if (known.has(key))
        this.#tell({
          ...place,
          field,
          message: `stands in line ${known.get(key)!.place.line} already: that one counts`,
        });
      else known.set(key, { place, value: item });
    }
    return known;
  }

  #projects(field: { place: Place; value: unknown } | undefined): Map<string, PriceSection> {
    const projects = new Map<string, PriceSection>();
    if (!field) return projects;
    const entries = this.#yaml.fields(field.value);
    if (!entries) {
      const message = `expected projects by name, found ${found(this.#yaml, field.value)}`;
      this.#tell({ ...field.place, field: 'projects', message });
    }
    for (const { key, place, value } of entries ?? []) {
      const path = `projects.${key}`;
      if (projects.has(key))
        this.#tell({ ...place, field: path, message: 'stands here twice: the first one counts' });
      else if (!this.#yaml.fields(value))
        this.#tell({
          ...place,
          field: path,
          message: `expected "models" or "default", found ${found(this.#yaml, value)}`,
        });
      else projects.set(key, this.#section(this.#known(value, PROJECT_FIELDS, path), `${path}.`));
    }
    return projects;
  }

  #section(fields: ReadonlyMap<string, { place: Place; value: unknown }>, prefix: string): PriceSection {
    const models = new Map<string, NamedRows>();
    const cores = new Map<string, NamedRows>();
    const listed = fields.get('models');
    const entries = listed && this.#yaml.fields(listed.value);
    if (listed && !entries) {
      const message = `expected models by name, found ${found(this.#yaml, listed.value)}`;
      this.#tell({ ...listed.place, field: `${prefix}models`, message });
    }
    const places = new Map<string, number>();
    for (const { key, place, value } of entries ?? []) {
      const path = `${prefix}models.${key}`;
      const lower = key.trim().toLowerCase();
      const first = places.get(lower);
      if (lower === '') this.#tell({ ...place, field: path, message: 'expected the name of a model' });
      else if (first !== undefined) {
        // Which of the two is meant nobody can tell, and either may be the wrong price.
        const message = `stands in line ${first} already: neither is used`;
        this.#tell({ ...place, field: path, message });
        this.#rows -= models.get(lower)?.rows.length ?? 0;
        models.delete(lower);
        cores.delete(dashed(lower));
      } else {
        places.set(lower, place.line);
        const rows = this.#dated(value, path, place);
        if (rows.length === 0) continue;
        const named = { name: key, rows };
        models.set(lower, named);
        cores.set(dashed(lower), named);
      }
    }
    const other = fields.get('default');
    const rows = other ? this.#dated(other.value, `${prefix}default`, other.place) : [];
    return { models, cores, ...(rows.length > 0 && { default: rows }) };
  }

  /** One row, or a list of rows with days: the newest first. */
  #dated(value: unknown, path: string, place: Place): TableRow[] {
    const items = this.#yaml.items(value);
    const rows: TableRow[] = [];
    for (const [at, item] of (items ?? [value]).entries()) {
      if (this.#rows + rows.length >= MOST_ROWS) {
        if (!this.#full)
          this.#tell({ ...place, field: path, message: `is beyond ${MOST_ROWS} rows: a table has no more` });
        this.#full = true;
        break;
      }
      const name = items ? `${path}[${at}]` : path;
      const where = items ? this.#yaml.placeOf(item) : place;
      // A table whose currency makes no sense was told so once.
      if (!this.#currency && !this.#yaml.fields(item)?.some(({ key }) => key === 'currency')) continue;
      const row = readRow(this.#yaml, item, name, where, this.#currency, this.#tell);
      if (!row) continue;
      const same = rows.find(({ fromUs }) => fromUs === row.fromUs);
      if (same) {
        const message = `holds from the same day on as the row in line ${same.place.line}: state different days in valid_from`;
        this.#tell({ ...where, field: name, message });
      } else rows.push(row);
    }
    this.#rows += rows.length;
    return rows.sort((a, b) => (a.fromUs < b.fromUs ? 1 : -1));
  }
}

function dashed(name: string): string {
  return name.replace(/(\d)\.(?=\d)/g, '$1-');
}

import type { Place, YamlField, YamlPlaces } from '../prices/yaml-places.ts';
import type { RecipeProblem } from './recipe.ts';

export type Tell = (problem: RecipeProblem) => void;

/** More problems are not told: what is wrong everywhere need not be told everywhere. */
export const MOST_PROBLEMS = 200;

/** A mapping of the recipe, read field by field with the types that are expected. Everything else is told with its place. */
export class YamlFields {
  readonly #yaml: YamlPlaces;
  readonly #path: string;
  readonly #tell: Tell;
  readonly #fields = new Map<string, YamlField>();
  /** Where the mapping begins. */
  readonly place: Place;

  /** `names` are all fields that may be there. `value` must be a mapping, as `mappingAt` makes sure. */
  constructor(yaml: YamlPlaces, value: unknown, names: readonly string[], path: string, tell: Tell) {
    this.#yaml = yaml;
    this.#path = path;
    this.#tell = tell;
    this.place = yaml.placeOf(value);
    for (const field of yaml.fields(value) ?? []) {
      const first = this.#fields.get(field.key);
      if (!names.includes(field.key))
        this.wrong(field.key, `is not known: expected one of ${names.join(', ')}`, field.place);
      else if (first)
        this.wrong(field.key, `stands in line ${first.place.line} already: state it once`, field.place);
      else this.#fields.set(field.key, field);
    }
  }

  /** The place of a field, or of the mapping that lacks it. */
  placeOf(name: string): Place {
    return this.#fields.get(name)?.place ?? this.place;
  }

  pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  value(name: string): unknown {
    return this.#fields.get(name)?.value;
  }

  wrong(name: string, message: string, place: Place = this.placeOf(name)): void {
    this.#tell({ ...place, field: this.pathOf(name), message });
  }

  text(name: string): string | undefined {
    return this.#scalar(
      name,
      'a text',
      (value) => (typeof value === 'string' && value.trim() !== '') || typeof value === 'number',
      String,
    );
  }

  flag(name: string): boolean | undefined {
    return this.#scalar(name, 'true or false', (value) => typeof value === 'boolean', Boolean);
  }

  number(name: string, expected: string, holds: (value: number) => boolean): number | undefined {
    return this.#scalar(name, expected, (value) => typeof value === 'number' && holds(value), Number);
  }

  /** A list of texts; with `orOne`, a single text as well. */
  texts(name: string, { orOne = false } = {}): { text: string; place: Place }[] | undefined {
    const field = this.#fields.get(name);
    if (!field) return undefined;
    const items = this.#yaml.items(field.value) ?? (orOne ? [field.value] : undefined);
    if (!items) {
      this.wrong(name, `expected a list of texts, found ${foundIn(this.#yaml, field.value)}`);
      return undefined;
    }
    const texts: { text: string; place: Place }[] = [];
    for (const [at, item] of items.entries()) {
      const value = this.#yaml.scalar(item);
      const place = this.#yaml.placeOf(item);
      if (typeof value === 'string' || typeof value === 'number') texts.push({ text: String(value), place });
      else this.wrong(`${name}[${at}]`, `expected a text, found ${foundIn(this.#yaml, item)}`, place);
    }
    return texts;
  }

  /** A mapping of names to texts, numbers or truth values, all as texts: what an environment is. */
  environment(name: string): Record<string, string> {
    const field = this.#fields.get(name);
    const environment: Record<string, string> = {};
    if (!field) return environment;
    const entries = this.#yaml.fields(field.value);
    if (!entries) this.wrong(name, `expected names with values, found ${foundIn(this.#yaml, field.value)}`);
    for (const { key, place, value } of entries ?? []) {
      const scalar = this.#yaml.scalar(value);
      if (key === '' || key.includes('=') || key.includes('\0') || key === '__proto__')
        this.wrong(`${name}.${key}`, 'is no name for a variable', place);
      else if (!['string', 'number', 'boolean'].includes(typeof scalar))
        this.wrong(`${name}.${key}`, `expected a text, found ${foundIn(this.#yaml, value)}`, place);
      else if (String(scalar).includes('\0'))
        this.wrong(`${name}.${key}`, 'holds a zero byte, which no variable can', place);
      else environment[key] = String(scalar);
    }
    return environment;
  }

  #scalar<T>(
    name: string,
    expected: string,
    holds: (value: unknown) => boolean,
    as: (value: unknown) => T,
  ): T | undefined {
    const field = this.#fields.get(name);
    if (!field) return undefined;
    const value = this.#yaml.scalar(field.value);
    if (holds(value)) return as(value);
    this.wrong(name, `expected ${expected}, found ${foundIn(this.#yaml, field.value)}`);
    return undefined;
  }
}

/** What is there in place of what was expected, shortly. */
export function foundIn(yaml: YamlPlaces, value: unknown): string {
  if (yaml.fields(value)) return 'a mapping';
  if (yaml.items(value)) return 'a list';
  const scalar = value === undefined ? null : yaml.scalar(value);
  if (scalar === null || scalar === undefined || scalar === '') return 'nothing';
  return typeof scalar === 'string' ? `the text "${scalar.slice(0, 40)}"` : String(scalar);
}

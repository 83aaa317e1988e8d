import { CliError, EXIT } from './cli-error.ts';

/** What was typed behind a command's name, read by the command with the types it expects. */
export class Arguments {
  readonly positional: readonly string[];
  readonly #options: Readonly<Record<string, unknown>>;

  /** `options` as commander gives them: camelCase names. */
  constructor(positional: readonly string[], options: Readonly<Record<string, unknown>>) {
    this.positional = positional;
    this.#options = options;
  }

  flag(name: string): boolean {
    return this.#options[name] === true;
  }

  /** False only when `--no-NAME` was given. */
  unlessNo(name: string): boolean {
    return this.#options[name] !== false;
  }

  text(name: string): string | undefined {
    const value = this.#options[name];
    return typeof value === 'string' ? nonEmpty(name, value) : undefined;
  }

  texts(name: string): string[] {
    const value = this.#options[name];
    const list = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];
    return list.map((text) => nonEmpty(name, text));
  }

  /** A number within its limits; anything else is wrong usage. */
  number(name: string, limits: { min?: number; max?: number; whole?: boolean } = {}): number | undefined {
    const text = this.#options[name];
    if (typeof text !== 'string') return undefined;
    const value = Number(text);
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, whole = false } = limits;
    if (
      text.trim() !== '' &&
      Number.isFinite(value) &&
      value >= min &&
      value <= max &&
      (!whole || Number.isInteger(value))
    )
      return value;
    const kind = whole ? 'a whole number' : 'a number';
    const range =
      min > Number.NEGATIVE_INFINITY && max < Number.POSITIVE_INFINITY
        ? ` from ${min} to ${max}`
        : min > Number.NEGATIVE_INFINITY
          ? ` of at least ${min}`
          : '';
    throw new CliError(EXIT.usage, `--${dashed(name)} needs ${kind}${range}, not "${text}".`);
  }
}

/** `minScore` as it is typed: `min-score`. */
export function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The variable of a script that is not set: as if nothing had been typed, other runs, files or prices would be taken. */
function nonEmpty(name: string, text: string): string {
  if (text.trim() === '') throw new CliError(EXIT.usage, `--${dashed(name)} needs a value, and has none.`);
  return text;
}

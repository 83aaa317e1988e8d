import { readFileSync } from 'node:fs';
import { parseTimestamp } from '@tacho/trace/model/time';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';

/** The published schemas, beside `src` and `dist` alike. */
const FOLDER = new URL('../../schemas/', import.meta.url);

/** What is wrong with a value. */
export type ValueProblem = {
  /** JSON pointer (RFC 6901) of the value that is meant; empty: the whole. */
  pointer: string;
  /** What was expected and what is there, as the end of a sentence. */
  message: string;
};

const SCHEMAS: readonly string[] = [
  'instrumentation-call',
  'instrumentation-stage',
  'instrumentation-run',
  'telemetry-record',
  'runs-line',
  'manifest-line',
  'run-summary-file',
  'run-manifest',
  'enterprise-metrics',
  'comparison',
  'trace',
  'harness-trace',
];

let ajv: Ajv2020 | undefined;

/** A function that says what of a value is not as the schema of this name has it. */
export function checkerFor(schema: string): (value: unknown) => ValueProblem[] {
  ajv ??= makeAjv();
  const validate: ValidateFunction = ajv.getSchema(`${schema}.schema.json`)!;
  return (value) => (validate(value) ? [] : problemsOf(validate.errors ?? [], value));
}

function makeAjv(): Ajv2020 {
  const made = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  made.addFormat('date-time', (text: string) => parseTimestamp(text) !== undefined);
  for (const name of SCHEMAS)
    made.addSchema(JSON.parse(readFileSync(new URL(`${name}.schema.json`, FOLDER), 'utf8')) as object);
  return made;
}

/** Errors that only say that one of several others holds: the others say more. */
const FRAMES = new Set(['if', 'anyOf', 'oneOf', 'allOf']);

function problemsOf(errors: readonly ErrorObject[], value: unknown): ValueProblem[] {
  const telling = errors.filter(({ keyword }) => !FRAMES.has(keyword));
  const problems = (telling.length > 0 ? telling : errors).map((error) => ({
    pointer: pointerOf(error),
    message: sentenceOf(error, valueAt(value, error.instancePath)),
  }));
  const seen = new Set<string>();
  return problems.filter(({ pointer, message }) => seen.size !== seen.add(`${pointer}\n${message}`).size);
}

function pointerOf({ keyword, instancePath, params }: ErrorObject): string {
  if (keyword === 'additionalProperties')
    return `${instancePath}/${escaped(String((params as { additionalProperty: string }).additionalProperty))}`;
  return instancePath;
}

function sentenceOf({ keyword, params, message }: ErrorObject, value: unknown): string {
  const found = foundText(value);
  const given = params as Record<string, unknown>;
  switch (keyword) {
    case 'required':
      return `"${String(given.missingProperty)}" is missing`;
    case 'type':
      return `expected ${typesText(given.type)}, found ${found}`;
    case 'enum':
      return `expected one of ${(given.allowedValues as unknown[]).map((each) => JSON.stringify(each)).join(', ')}, found ${found}`;
    case 'const':
      return `expected ${JSON.stringify(given.allowedValue)}, found ${found}`;
    case 'minimum':
      return `expected at least ${String(given.limit)}, found ${found}`;
    case 'maximum':
      return `expected at most ${String(given.limit)}, found ${found}`;
    case 'format':
      return `expected a time like 2026-03-13T09:30:00Z, found ${found}`;
    case 'additionalProperties':
      return 'is not known here';
    default:
      return `${message ?? keyword}, found ${found}`;
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
};

function typesText(types: unknown): string {
  const names = (Array.isArray(types) ? types : [types]).map((type) => TYPES[String(type)] ?? String(type));
  return names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

function foundText(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string'
    ? `the text ${JSON.stringify(value.slice(0, 40))}`
    : String(value).slice(0, 40);
}

function valueAt(value: unknown, pointer: string): unknown {
  let at: unknown = value;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[name] : undefined;
  }
  return at;
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

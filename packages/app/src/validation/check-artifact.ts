import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { readLines } from '@tacho/trace/formats/lines';
import { isObject, nestsDeeperThan } from '@tacho/trace/model/json';
import { MAX_DEPTH, parseRecord } from '@tacho/trace/model/record';
import { readRecipe } from '../pipeline/read-recipe.ts';
import { readTable } from '../prices/read-table.ts';
import { YamlPlaces } from '../prices/yaml-places.ts';
import { type ArtifactKind, type ArtifactShape, kindOf } from './artifact-kinds.ts';
import { jsonError } from './json-error.ts';
import { checkerFor, type ValueProblem } from './schema-problems.ts';

/** What is wrong, where. */
export type ArtifactProblem = {
  /** From 1, where the file has lines that mean something. */
  line?: number;
  column?: number;
  /** JSON pointer, or in YAML the field: `stages[0].id`. */
  pointer?: string;
  message: string;
};

export type Checked = {
  /** Undefined: nobody knows what it is. */
  kind?: ArtifactKind;
  /** The first ones. */
  problems: ArtifactProblem[];
  /** All that there are. */
  problemCount: number;
  /** Lines or documents that were looked at. */
  values: number;
};

/** Problems kept of one file: what is wrong everywhere need not be told everywhere. */
const MOST_KEPT = 100;
/** A document is held as a whole; of lines only one at a time. */
const MOST_DOCUMENT_BYTES = 256 * 1024 * 1024;
/** Where the first line shows what a file is. */
const HEAD_BYTES = 256 * 1024;

/** Checks a file against the published schema of what it is. `asked` says what it is to be. Throws what the system says of it. */
export async function checkArtifact(path: string, asked?: ArtifactKind): Promise<Checked> {
  const name = basename(path);
  const shape = asked?.shape ?? (await shapeOf(path));
  if (shape === 'lines') return checkLines(path, name, asked);
  const { size } = await stat(path);
  if (size > MOST_DOCUMENT_BYTES)
    return failed(asked, {
      message: `it has more than ${MOST_DOCUMENT_BYTES / 1024 / 1024} MiB, the most that is looked at`,
    });
  const text = (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
  return shape === 'yaml' ? checkYaml(text, name, asked) : checkDocument(text, name, asked);
}

/** By the name, and where that says nothing by the beginning: several values in a row are lines. */
async function shapeOf(path: string): Promise<ArtifactShape> {
  if (/\.(?:jsonl|ndjson)$/i.test(path)) return 'lines';
  if (/\.ya?ml$/i.test(path)) return 'yaml';
  const file = await open(path);
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
    const [first = '', second = ''] = head.toString('utf8', 0, bytesRead).trimStart().split('\n', 2);
    if (!/^[[{]/.test(first)) return /\.json$/i.test(path) ? 'document' : 'yaml';
    return second.trim() !== '' && isJson(first) ? 'lines' : 'document';
  } finally {
    await file.close();
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function checkDocument(text: string, name: string, asked: ArtifactKind | undefined): Checked {
  const checked = new Checking(asked);
  const value = parsed(text, (problem) => checked.tell(problem));
  if (value === undefined) return checked.result(kindOf(undefined, name, 'document'));
  if (nestsDeeperThan(value, MAX_DEPTH)) {
    checked.tell({ message: `nests deeper than ${MAX_DEPTH} levels` });
    return checked.result(kindOf(undefined, name, 'document'));
  }
  const kind = asked ?? kindOf(value, name, 'document');
  if (kind !== undefined) checked.add([...checkerFor(kind.schema)(value), ...repeatedIds(kind, value)]);
  return checked.result(kind);
}

async function checkLines(path: string, name: string, asked: ArtifactKind | undefined): Promise<Checked> {
  const checked = new Checking(asked);
  let kind = asked;
  let check: ((value: unknown) => ValueProblem[]) | undefined;
  const chunks = createReadStream(path) as AsyncIterable<Uint8Array>;
  const refuse = ({ line, reason }: { line?: number; reason: string }): void =>
    checked.tell({ ...(line !== undefined && { line }), message: reason });
  for await (const lines of readLines({ chunks, refuse })) {
    for (const { text, number } of lines) {
      if (text.trim() === '') continue;
      const value = parsed(text, (problem) => checked.tell({ ...problem, line: number }));
      if (value === undefined) continue;
      if (nestsDeeperThan(value, MAX_DEPTH)) {
        checked.tell({ line: number, message: `nests deeper than ${MAX_DEPTH} levels` });
        continue;
      }
      // The first line that can be read says what the file is; a damaged one leaves it to the next.
      kind ??= kindOf(value, name, 'lines');
      if (kind === undefined) continue;
      check ??= checkerFor(kind.schema);
      checked.add([...check(value), ...recordProblems(kind, value)], number);
    }
  }
  return checked.result(kind ?? kindOf(undefined, name, 'lines'));
}

/** What no schema can say: that a time is one. Only where the schema is content, or the same is told twice. */
function recordProblems(kind: ArtifactKind, value: unknown): ValueProblem[] {
  if (kind.name !== 'telemetry') return [];
  const told = parseRecord(structuredClone(value));
  return typeof told === 'string' && told.startsWith('the field "ts" is no time')
    ? [{ pointer: '/ts', message: told }]
    : [];
}

/** Nor that no two stages of a report have one id. */
function repeatedIds({ name }: ArtifactKind, value: unknown): ValueProblem[] {
  if (name !== 'instrumentation' || !isObject(value) || !Array.isArray(value.stages)) return [];
  const first = new Map<string, number>();
  return value.stages.flatMap((stage, at) => {
    const id = isObject(stage) ? stage.id : undefined;
    if (typeof id !== 'string') return [];
    const known = first.get(id);
    if (known === undefined) first.set(id, at);
    return known === undefined
      ? []
      : [
          {
            pointer: `/stages/${at}/id`,
            message: `${JSON.stringify(id.slice(0, 40))} is the id of /stages/${known} already`,
          },
        ];
  });
}

function checkYaml(text: string, name: string, asked: ArtifactKind | undefined): Checked {
  const kind = asked ?? kindOf(topLevel(text), name, 'yaml');
  const checked = new Checking(kind);
  if (kind?.name === 'recipe')
    for (const { field, ...problem } of readRecipe(text, name).problems)
      checked.tell({ ...problem, ...(field !== '' && { pointer: field }) });
  if (kind?.name === 'price-table') {
    const { problems, rows } = readTable(text, name);
    for (const { field, ...problem } of problems)
      checked.tell({ ...problem, ...(field !== '' && { pointer: field }) });
    if (rows === 0 && problems.length === 0) checked.tell({ message: 'has no row that works' });
  }
  return checked.result(kind, 1);
}

/** The names of a YAML mapping's fields, as an object that has them. */
function topLevel(text: string): Record<string, true> {
  try {
    const yaml = new YamlPlaces(text);
    return Object.fromEntries((yaml.fields(yaml.root) ?? []).map(({ key }) => [key, true]));
  } catch {
    return {};
  }
}

function parsed(text: string, tell: (problem: ArtifactProblem) => void): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    tell(jsonError(text));
    return undefined;
  }
}

function failed(kind: ArtifactKind | undefined, problem: ArtifactProblem): Checked {
  return { ...(kind && { kind }), problems: [problem], problemCount: 1, values: 0 };
}

/** What comes out of one file. */
class Checking {
  readonly #problems: ArtifactProblem[] = [];
  readonly #asked: ArtifactKind | undefined;
  #count = 0;
  #values = 0;

  constructor(asked: ArtifactKind | undefined) {
    this.#asked = asked;
  }

  tell(problem: ArtifactProblem): void {
    if (++this.#count <= MOST_KEPT) this.#problems.push(problem);
  }

  /** One value was looked at. */
  add(problems: readonly ValueProblem[], line?: number): void {
    this.#values++;
    for (const { pointer, message } of problems)
      this.tell({ ...(line !== undefined && { line }), ...(pointer !== '' && { pointer }), message });
  }

  result(kind: ArtifactKind | undefined, values = this.#values): Checked {
    const known = this.#asked ?? kind;
    return { ...(known && { kind: known }), problems: this.#problems, problemCount: this.#count, values };
  }
}

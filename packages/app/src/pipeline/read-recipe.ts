import { type Place, YamlPlaces } from '../prices/yaml-places.ts';
import type { InstrumentationSettings, Recipe, RecipeProblem, Stage, StageProgram } from './recipe.ts';
import { circlesIn } from './stage-order.ts';
import { foundIn, MOST_PROBLEMS, type Tell, YamlFields } from './yaml-fields.ts';

const RECIPE_FIELDS = ['name', 'description', 'env', 'stages', 'instrumentation'];
const STAGE_FIELDS = [
  'id',
  'command',
  'shell',
  'needs',
  'env',
  'artifact',
  'skip_if_exists',
  'retries',
  'timeout',
  'parallel',
  'description',
  'stage',
  'module',
];
const INSTRUMENTATION_FIELDS = ['enabled', 'price_table', 'include_calls'];
const MOST_STAGES = 10_000;
const MOST_RETRIES = 100;
/** Ids that are named to somebody who mistyped one. */
const MOST_NAMED = 20;
/** setTimeout counts in 31 bits of milliseconds. */
const MOST_SECONDS = 2_000_000;
/** An id stands in file names, variables and on the command line. */
const ID = /^[\p{L}\p{N}_][\p{L}\p{N}_.:-]{0,99}$/u;

/** Reads a recipe. Never throws: there is a recipe only where nothing is wrong, for half a pipeline is another one. */
export function readRecipe(text: string, fileName: string): { recipe?: Recipe; problems: RecipeProblem[] } {
  const problems: RecipeProblem[] = [];
  const recipe = reading(text, problems, (yaml, tell) => {
    const root = mappingAt(yaml, yaml.root, '', 'a recipe with "stages"', RECIPE_FIELDS, tell);
    return root && recipeOf(yaml, root, fileName, tell);
  });
  return problems.length === 0 && recipe ? { recipe, problems } : { problems };
}

/** Reads a file of settings for `--instrument-config`: the fields of a recipe's `instrumentation`, alone or under that name. */
export function readInstrumentation(text: string): {
  settings?: InstrumentationSettings;
  problems: RecipeProblem[];
} {
  const problems: RecipeProblem[] = [];
  const settings = reading(text, problems, (yaml, tell) => {
    const inner = yaml.fields(yaml.root)?.find(({ key }) => key === 'instrumentation');
    const [value, path] = inner ? [inner.value, 'instrumentation'] : [yaml.root, ''];
    if (inner) mappingAt(yaml, yaml.root, '', 'settings', ['instrumentation'], tell);
    return settingsOf(yaml, value, path, tell);
  });
  return problems.length === 0 && settings ? { settings, problems } : { problems };
}

function reading<T>(
  text: string,
  problems: RecipeProblem[],
  read: (yaml: YamlPlaces, tell: Tell) => T | undefined,
): T | undefined {
  const tell: Tell = (problem) => {
    if (problems.length < MOST_PROBLEMS) problems.push(problem);
  };
  try {
    const yaml = new YamlPlaces(text);
    for (const { line, column, message } of yaml.errors)
      tell({ line, column, field: '', message: `is no YAML: ${message}` });
    return yaml.errors.length > 0 ? undefined : read(yaml, tell);
  } catch (error) {
    const reason = error instanceof RangeError ? 'it is nested too deeply' : String(error);
    tell({ line: 1, column: 1, field: '', message: `cannot be read: ${reason}` });
    return undefined;
  }
}

function mappingAt(
  yaml: YamlPlaces,
  value: unknown,
  path: string,
  expected: string,
  names: readonly string[],
  tell: Tell,
): YamlFields | undefined {
  if (yaml.fields(value)) return new YamlFields(yaml, value, names, path, tell);
  tell({
    ...yaml.placeOf(value),
    field: path,
    message: `expected ${expected}, found ${foundIn(yaml, value)}`,
  });
  return undefined;
}

function recipeOf(yaml: YamlPlaces, root: YamlFields, fileName: string, tell: Tell): Recipe {
  const description = root.text('description');
  const instrumentation = root.has('instrumentation')
    ? settingsOf(yaml, root.value('instrumentation'), 'instrumentation', tell)
    : {};
  return {
    name: root.text('name') ?? fileName.replace(/\.[^.]+$/, ''),
    ...(description !== undefined && { description }),
    env: root.environment('env'),
    stages: stagesOf(yaml, root, tell),
    instrumentation: instrumentation ?? {},
  };
}

function settingsOf(
  yaml: YamlPlaces,
  value: unknown,
  path: string,
  tell: Tell,
): InstrumentationSettings | undefined {
  const fields = mappingAt(
    yaml,
    value,
    path,
    'settings of the instrumentation',
    INSTRUMENTATION_FIELDS,
    tell,
  );
  if (!fields) return undefined;
  const enabled = fields.flag('enabled');
  const priceTable = fields.text('price_table');
  const includeCalls = fields.flag('include_calls');
  return {
    ...(enabled !== undefined && { enabled }),
    ...(priceTable !== undefined && { priceTable }),
    ...(includeCalls !== undefined && { includeCalls }),
  };
}

function stagesOf(yaml: YamlPlaces, root: YamlFields, tell: Tell): Stage[] {
  const items = yaml.items(root.value('stages'));
  if (!items || items.length === 0 || items.length > MOST_STAGES) {
    const found = items
      ? `${items.length === 0 ? 'none' : items.length}`
      : foundIn(yaml, root.value('stages'));
    root.wrong('stages', `expected a list of 1 to ${MOST_STAGES} stages, found ${found}`);
    return [];
  }
  const readings: StageReading[] = [];
  const named = new Map<string, StageReading>();
  for (const [at, item] of items.entries()) {
    const path = `stages[${at}]`;
    const fields = mappingAt(yaml, item, path, 'a stage with "id"', STAGE_FIELDS, tell);
    if (!fields) continue;
    const reading = stageOf(fields);
    readings.push(reading);
    const { id } = reading;
    if (id === undefined) continue;
    const first = named.get(id);
    if (first === undefined) named.set(id, reading);
    else
      fields.wrong('id', `"${id}" is the id of the stage in line ${first.fields.placeOf('id').line} already`);
  }
  for (const reading of readings) checkNeeds(reading, named);
  const needing = [...named].map(([id, { needs }]) => ({ id, needs: needs.map(({ text }) => text) }));
  for (const circle of circlesIn(needing))
    named
      .get(circle[0]!)!
      .fields.wrong('needs', `goes round in a circle: ${[...circle, circle[0]].join(' needs ')}`);
  return readings.flatMap(({ stage }) => stage ?? []);
}

/** What is known of a stage, also of one that is no stage yet: all that is wrong in a recipe is told at once. */
type StageReading = {
  fields: YamlFields;
  id: string | undefined;
  needs: readonly { text: string; place: Place }[];
  stage?: Stage;
};

function stageOf(fields: YamlFields): StageReading {
  const id = fields.text('id');
  if (!fields.has('id')) fields.wrong('id', 'is missing: every stage needs one');
  else if (id !== undefined && !ID.test(id))
    fields.wrong('id', `"${id.slice(0, 40)}" is no id: expected letters, digits, _ . : and -, at most 100`);
  const program = programOf(fields);
  const artifact = fields.text('artifact');
  const skipIfExists = fields.flag('skip_if_exists') ?? false;
  if (skipIfExists && !fields.has('artifact'))
    fields.wrong('skip_if_exists', 'needs "artifact": nothing says what would have to exist');
  const whole = `a whole number from 0 to ${MOST_RETRIES}`;
  const retries = fields.number(
    'retries',
    whole,
    (value) => Number.isInteger(value) && value >= 0 && value <= MOST_RETRIES,
  );
  const seconds = `a number of seconds above 0, at most ${MOST_SECONDS}`;
  const timeoutS = fields.number('timeout', seconds, (value) => value > 0 && value <= MOST_SECONDS);
  const parallel = fields.flag('parallel') ?? false;
  const env = fields.environment('env');
  const needs = fields.texts('needs', { orOne: true }) ?? [];
  const [description, stage, module] = ['description', 'stage', 'module'].map((name) => fields.text(name));
  if (id === undefined || !ID.test(id) || !program) return { fields, id, needs };
  const known: Stage = {
    id,
    program,
    needs: [...new Set(needs.map(({ text }) => text))],
    env,
    ...(artifact !== undefined && { artifact }),
    skipIfExists,
    retries: retries ?? 0,
    ...(timeoutS !== undefined && { timeoutS }),
    parallel,
    ...(description !== undefined && { description }),
    ...(stage !== undefined && { stage }),
    ...(module !== undefined && { module }),
  };
  return { fields, id, needs, stage: known };
}

function programOf(fields: YamlFields): StageProgram | undefined {
  if (fields.has('command') && fields.has('shell')) {
    fields.wrong('shell', 'stands beside "command": state one of them');
    return undefined;
  }
  if (fields.has('shell')) {
    const shell = fields.text('shell');
    if (shell?.includes('\0')) fields.wrong('shell', 'holds a zero byte, which no command can');
    return shell === undefined ? undefined : { shell };
  }
  if (!fields.has('command')) {
    fields.wrong('command', 'is missing: a stage needs "command" (a list) or "shell" (a text)', fields.place);
    return undefined;
  }
  const words = fields.texts('command');
  if (!words) return undefined;
  if (words.length === 0 || words[0]!.text.trim() === '') {
    fields.wrong('command', 'expected a program and its arguments, found nothing');
    return undefined;
  }
  const broken = words.findIndex(({ text }) => text.includes('\0'));
  if (broken >= 0) fields.wrong(`command[${broken}]`, 'holds a zero byte, which no argument can');
  return { command: words.map(({ text }) => text) };
}

function checkNeeds({ id, fields, needs }: StageReading, stages: ReadonlyMap<string, unknown>): void {
  for (const [at, { text, place }] of needs.entries()) {
    if (text === id) fields.wrong(`needs[${at}]`, 'is the stage itself', place);
    else if (!stages.has(text)) {
      const known = [...stages.keys()].slice(0, MOST_NAMED).join(', ');
      const there = known === '' ? '' : `: there are ${known}`;
      fields.wrong(`needs[${at}]`, `no stage has the id "${text.slice(0, 40)}"${there}`, place);
    }
  }
}

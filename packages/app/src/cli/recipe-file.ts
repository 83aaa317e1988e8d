import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { readInstrumentation, readRecipe } from '../pipeline/read-recipe.ts';
import {
  type InstrumentationSettings,
  type Recipe,
  type RecipeProblem,
  recipeProblemText,
} from '../pipeline/recipe.ts';
import { reasonOf } from '../sources/walk.ts';
import { CliError, EXIT } from './cli-error.ts';
import { plural } from './render/figures.ts';
import { plainLine } from './render/plain.ts';

const MOST_BYTES = 4 * 1024 * 1024;
const MOST_SHOWN = 20;

/** The recipe in a file. Throws CliError with all that is wrong in it: half a pipeline is another one. */
export async function recipeIn(file: string, cwd: string): Promise<Recipe> {
  const { recipe, problems } = readRecipe(await textOf(file, cwd, 'recipe'), basename(file));
  return recipe ?? refuse(problems, file, 'recipe');
}

/** The settings in a file of `--instrument-config`. Throws CliError. */
export async function settingsIn(file: string, cwd: string): Promise<InstrumentationSettings> {
  const { settings, problems } = readInstrumentation(await textOf(file, cwd, 'file of settings'));
  return settings ?? refuse(problems, file, 'file of settings');
}

async function textOf(file: string, cwd: string, what: string): Promise<string> {
  const path = resolve(cwd, file);
  try {
    const { size } = await stat(path);
    if (size > MOST_BYTES) throw new Error(`it is larger than ${MOST_BYTES / 1024 / 1024} MiB`);
    return await readFile(path, 'utf8');
  } catch (problem) {
    throw new CliError(EXIT.input, `The ${what} ${plainLine(file)} cannot be read: ${reasonOf(problem)}.`);
  }
}

function refuse(problems: readonly RecipeProblem[], file: string, what: string): never {
  const shown = problems.slice(0, MOST_SHOWN).map((problem) => plainLine(recipeProblemText(problem, file)));
  if (problems.length > MOST_SHOWN) shown.push(`… and ${problems.length - MOST_SHOWN} more`);
  throw new CliError(
    EXIT.input,
    `The ${what} ${plainLine(file)} has ${plural(problems.length, 'problem')}; nothing was run.`,
    shown.join('\n'),
  );
}

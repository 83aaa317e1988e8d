import type { Place } from '../prices/yaml-places.ts';

/** What a stage runs: a program with its arguments, or a line for the shell. */
export type StageProgram = { command: readonly string[] } | { shell: string };

/** A step of the pipeline, as the recipe states it. */
export type Stage = {
  id: string;
  program: StageProgram;
  /** Ids of the stages that must have succeeded before this one. */
  needs: readonly string[];
  env: Readonly<Record<string, string>>;
  /** What the stage makes: a file or a folder, from the folder in which the pipeline runs. */
  artifact?: string;
  /** With its artifact there, the stage is not run again. */
  skipIfExists: boolean;
  /** How often it is tried again after a failure. */
  retries: number;
  /** Seconds after which one attempt is ended. */
  timeoutS?: number;
  /** It may run beside other stages that may. */
  parallel: boolean;
  description?: string;
  /** The kind of step (`clean`), for reports. */
  stage?: string;
  /** The program behind it (`clean_llm_v1`), for reports. */
  module?: string;
};

/** What is measured and reported. What is left out has its default, or what another source of settings says. */
export type InstrumentationSettings = {
  enabled?: boolean;
  /** A file, from the folder in which the pipeline runs. */
  priceTable?: string;
  /** List every model call in the report, not only their sums. */
  includeCalls?: boolean;
};

export type Recipe = {
  name: string;
  description?: string;
  /** For every stage. */
  env: Readonly<Record<string, string>>;
  stages: readonly Stage[];
  instrumentation: InstrumentationSettings;
};

/** What is wrong in a recipe, where. */
export type RecipeProblem = Place & {
  /** `stages[1].needs[0]`; empty: the whole file. */
  field: string;
  /** What was expected and what is there, as the end of a sentence. */
  message: string;
};

/** `recipe.yaml:4:5: stages[0].retries: expected …` */
export function recipeProblemText({ line, column, field, message }: RecipeProblem, file: string): string {
  return `${file}:${line}:${column}: ${field === '' ? '' : `${field}: `}${message}`;
}

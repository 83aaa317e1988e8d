import { resolve } from 'node:path';
import { reasonOf } from '../../sources/walk.ts';
import { ARTIFACT_KINDS, kindNamed } from '../../validation/artifact-kinds.ts';
import type { ArtifactProblem, Checked } from '../../validation/check-artifact.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { type Command, JSON_OPTION } from '../command.ts';
import { nearest } from '../nearest.ts';
import { coloursFor } from '../render/colours.ts';
import { count, plural } from '../render/figures.ts';
import { jsonDocument } from '../render/json-text.ts';
import { plainLine } from '../render/plain.ts';

/** What is printed of one file. */
const MOST_SHOWN = 20;

export const validate: Command = {
  name: 'validate',
  summary: 'check files of Tacho against their published schemas',
  arguments: '<file...>',
  options: [
    {
      flags: '--as <kind>',
      description: `what the files are, instead of recognising it: ${ARTIFACT_KINDS.map(({ name }) => name).join(', ')}`,
    },
    JSON_OPTION,
  ],
  examples: [
    [
      'tacho validate logs/latest/instrumentation.json recipe.yaml prices.yaml',
      'exit code 1 when something is wrong',
    ],
    ['tacho validate run.json --as run-summary', 'a file whose name and content do not say what it is'],
  ],
  async run(args, io) {
    const { checkArtifact } = await import('../../validation/check-artifact.ts');
    const asked = kindAsked(args.text('as'));
    const { green, red, dim } = coloursFor(io);
    const files = [];
    for (const file of args.positional) {
      if (io.signal.aborted) return EXIT.no;
      const checked = await checkArtifact(resolve(io.cwd, file), asked).catch((error: unknown) => {
        throw new CliError(EXIT.input, `${plainLine(file)} cannot be read: ${reasonOf(error)}.`);
      });
      files.push({ file, ...asJson(checked) });
      if (args.flag('json')) continue;
      for (const line of linesOf(file, checked)) io.out(`${red(line)}\n`);
      if (checked.kind && checked.problemCount === 0)
        io.out(
          `${plainLine(file)}: ${green('valid')} ${dim(`(${checked.kind.title}, ${looked(checked)})`)}\n`,
        );
    }
    if (args.flag('json')) io.out(jsonDocument({ files }));
    return files.every(({ valid }) => valid) ? EXIT.done : EXIT.no;
  },
};

function kindAsked(name: string | undefined): ReturnType<typeof kindNamed> {
  if (name === undefined) return undefined;
  const kind = kindNamed(name);
  if (kind) return kind;
  const names = ARTIFACT_KINDS.map((each) => each.name);
  const near = nearest(name, names);
  throw new CliError(
    EXIT.usage,
    `There is no kind "${plainLine(name).slice(0, 60)}".`,
    near === undefined ? `There are ${names.join(', ')}.` : `Did you mean ${near}?`,
  );
}

function looked({ kind, values }: Checked): string {
  return kind?.shape === 'lines' ? plural(values, 'line') : `${kind?.schema}.schema.json`;
}

function linesOf(file: string, { kind, problems, problemCount }: Checked): string[] {
  const lines = problems.slice(0, MOST_SHOWN).map((problem) => problemLine(file, problem));
  if (problemCount > MOST_SHOWN)
    lines.push(`${plainLine(file)}: … and ${count(problemCount - MOST_SHOWN)} more problems`);
  if (kind === undefined)
    lines.push(
      `${plainLine(file)}: not recognised: neither its name nor its content says what it is; name it with --as`,
    );
  return lines;
}

/** `telemetry.jsonl:3: /ts: expected …` */
function problemLine(file: string, { line, column, pointer, message }: ArtifactProblem): string {
  const place = [file, ...(line === undefined ? [] : [line]), ...(column === undefined ? [] : [column])].join(
    ':',
  );
  return plainLine(`${place}: ${pointer === undefined ? '' : `${pointer}: `}${message}`);
}

function asJson({ kind, problems, problemCount, values }: Checked): {
  kind: string | null;
  schema: string | null;
  valid: boolean;
  values: number;
  problemCount: number;
  problems: ArtifactProblem[];
} {
  return {
    kind: kind?.name ?? null,
    schema: kind === undefined ? null : `${kind.schema}.schema.json`,
    valid: kind !== undefined && problemCount === 0,
    values,
    problemCount,
    problems,
  };
}

import { stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import type { PriceLookup } from '@tacho/trace/model/price';
import { writeWhole } from '../../pipeline/whole-file.ts';
import type { TrialRun } from '../../sources/trials/trial-run.ts';
import { reasonOf } from '../../sources/walk.ts';
import { CliError, EXIT } from '../cli-error.ts';
import { type Command, JSON_OPTION } from '../command.ts';
import { userTable } from '../price-table.ts';
import { coloursFor } from '../render/colours.ts';
import { jsonDocument } from '../render/json-text.ts';
import { type ManifestLine, manifestSummary, summaryScreen } from '../render/manifest-summary.ts';
import { plainLine } from '../render/plain.ts';

const FILE = 'run_manifest.json';

export const manifest: Command = {
  name: 'manifest',
  summary: 'write run_manifest.json into every trial of benchmark jobs',
  arguments: '<jobs_dir>',
  options: [
    { flags: '--agent <name>', description: 'only trials of this agent' },
    { flags: '--all', description: 'trials of all agents (what happens without --agent)' },
    { flags: '-o, --output <file>', description: 'write the summary as JSON to a file as well' },
    JSON_OPTION,
  ],
  examples: [
    ['tacho manifest jobs/', 'all trials below jobs/, with tokens and cost of each'],
    ['tacho manifest jobs/ --agent claude-baseline', 'those of one agent'],
    ['tacho manifest jobs/ --json --output trace_summary.json', 'the summary for a program'],
  ],
  notes:
    'Reads Harbor’s result.json, and what tells most of the agent: a NeMo trace, else Claude’s output, else the sessions.\n' +
    'Needs no server and no store. Exit code 3 when there is no trial, or none could be read.',
  async run(args, io) {
    const agent = args.text('agent');
    if (agent !== undefined && args.flag('all'))
      throw new CliError(EXIT.usage, 'Either --agent or --all, not both.');
    const [named] = args.positional;
    const root = resolve(io.cwd, named!);
    if (!(await stat(root).catch(() => undefined))?.isDirectory())
      throw new CliError(EXIT.input, `${named} is no folder. Name the folder that holds the jobs.`);
    const { pricesOf } = await import('../../prices/lookup.ts');
    const price = pricesOf((await userTable(args, io))?.table);
    const lines: ManifestLine[] = [];
    let others = 0;
    const leave = (folder: string, reason: string): void =>
      io.err(`left alone  ${plainLine(relative(root, folder) || folder)}: ${reason}\n`);
    for await (const trial of trialRuns(root, leave)) {
      if (io.signal.aborted) throw new CliError(EXIT.no, 'Stopped. The manifests made so far are written.');
      if (agent !== undefined && !isOf(trial, agent)) {
        others++;
        continue;
      }
      for (const { file, reason } of trial.refused.slice(0, 5))
        io.err(`${plainLine(join(relative(root, trial.trial.folder), file))}: ${plainLine(reason)}\n`);
      if (trial.sources.length === 0) {
        leave(trial.trial.folder, 'it has neither a result nor a log');
        continue;
      }
      lines.push(await writeManifest(trial, price));
    }
    if (lines.length === 0) throw nothingFound(named!, agent, others);
    const summary = manifestSummary(lines);
    const text = jsonDocument(summary);
    const output = args.text('output');
    if (output !== undefined) await writeWhole(resolve(io.cwd, output), text);
    io.out(
      args.flag('json') ? text : summaryScreen(summary, { columns: io.columns, colours: coloursFor(io) }),
    );
    return EXIT.done;
  },
};

async function* trialRuns(
  root: string,
  leave: (folder: string, reason: string) => void,
): AsyncGenerator<TrialRun> {
  const { trialsBelow } = await import('../../sources/trials/find-trials.ts');
  const { readTrial } = await import('../../sources/trials/trial-run.ts');
  const unfinished = (folder: string): void => leave(folder, 'it is at work: it has no result yet');
  for await (const trial of trialsBelow(root, unfinished)) yield await readTrial(trial);
}

/** By the name that its job or its result gives the agent. */
function isOf({ run }: TrialRun, agent: string): boolean {
  const { agent: own, agent_name: name, job } = run.labels;
  return own === agent || name === agent || job?.startsWith(`${agent}-`) === true;
}

async function writeManifest(
  { trial, run, nemo, sources }: TrialRun,
  price: PriceLookup,
): Promise<ManifestLine> {
  const { manifestOf } = await import('@tacho/trace/formats/run-manifest/write');
  const { nemoMetricsOf } = await import('@tacho/trace/formats/run-manifest/nemo-metrics');
  const { setCosts } = await import('../../ingest/set-cost.ts');
  setCosts(run, price);
  if (nemo) run.attributes.nemo_metrics = nemoMetricsOf(nemo);
  const made = manifestOf(run);
  const file = join(trial.folder, FILE);
  await put(file, jsonDocument(made));
  return { manifest: file, trial: basename(trial.folder), sources, made };
}

async function put(file: string, text: string): Promise<void> {
  try {
    await writeWhole(file, [text]);
  } catch (error) {
    throw new CliError(EXIT.environment, `${file} cannot be written: ${reasonOf(error)}.`);
  }
}

function nothingFound(named: string, agent: string | undefined, others: number): CliError {
  return agent !== undefined && others > 0
    ? new CliError(EXIT.input, `None of the ${others} trials in ${named} is of the agent "${agent}".`)
    : new CliError(
        EXIT.input,
        `${named}: there is no trial in this folder.`,
        'A trial is a folder with a result.json of Harbor, or a task-* folder with its logs.',
      );
}

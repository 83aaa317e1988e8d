import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { ledgerOf } from '@tacho/trace/analysis/ledger';
import { booksOf } from '@tacho/trace/formats/instrumentation/books';
import type { Run } from '@tacho/trace/model/run';
import { totalTokens } from '@tacho/trace/model/usage';
import type { Stage } from '../../pipeline/recipe.ts';
import type { PipelineNews } from '../../pipeline/run-pipeline.ts';
import type { StageOutcome } from '../../pipeline/run-stages.ts';
import { type Choice, type ChosenStage, spared } from '../../pipeline/stage-choice.ts';
import type { Io } from '../io.ts';
import { coloursFor } from './colours.ts';
import { bytes, count, duration, exactMoney, plural } from './figures.ts';
import { plainLine } from './plain.ts';

/** Says what happens, a line each, on standard error: standard output is the stages'. */
export function newsFor(stages: number, io: Io): PipelineNews {
  const { bold, dim, green, red, yellow } = coloursFor({ env: io.env, interactive: io.errInteractive });
  let settled = 0;
  const say = (stage: Stage, text: string): void =>
    io.err(`${dim(`[${settled}/${stages}]`)} ${bold(stage.id)} ${text}\n`);
  return {
    started: (stage) => say(stage, 'running'),
    retried: (stage, attempt, message) =>
      say(stage, yellow(`attempt ${attempt} of ${stage.retries + 1} failed: ${plainLine(message)}`)),
    ended(stage, { status, error, wallS, cpuUserS, cpuSystemS, maxRssBytes }) {
      settled++;
      const cpuS = cpuUserS === null || cpuSystemS === null ? undefined : cpuUserS + cpuSystemS;
      const figures = [
        duration(wallS * 1e6),
        ...(cpuS === undefined ? [] : [`processor ${cpuS.toFixed(2)} s`]),
        ...(maxRssBytes === null ? [] : [bytes(maxRssBytes)]),
      ].join(', ');
      if (status === 'done') say(stage, `${green('done')} ${dim(figures)}`);
      else say(stage, `${red(`failed: ${plainLine(error?.message ?? '')}`)} ${dim(`(${figures})`)}`);
    },
    skipped(stage, reason) {
      settled++;
      say(stage, dim(`skipped: ${plainLine(reason)}`));
    },
    missing: (stage, artifact) =>
      say(stage, yellow(`is done, but ${plainLine(artifact)}, which it was to make, is not there`)),
  };
}

/** What became of the pipeline, in a few lines. `run` where it was recorded, `digest` where its report lies. */
export function summaryLines(
  outcomes: ReadonlyMap<string, StageOutcome>,
  run: Run | undefined,
  digest: string | undefined,
): string[] {
  const numberOf = (status: StageOutcome['status']): number =>
    [...outcomes.values()].filter((outcome) => outcome.status === status).length;
  const parts = (['done', 'failed', 'skipped'] as const)
    .map((status) => [numberOf(status), status] as const)
    .filter(([number]) => number > 0)
    .map(([number, status]) => `${number} ${status}`);
  const lines = [`${plural(outcomes.size, 'stage')}: ${parts.join(', ')}`];
  if (run) {
    const { usage, costUsd, unpricedCalls } = ledgerOf(run);
    const { calls } = booksOf(run).total;
    const bound = unpricedCalls > 0 && costUsd !== null ? 'at least ' : '';
    const cost = calls === 0 ? '' : `, ${bound}${exactMoney(costUsd)}`;
    lines.push(
      `${plural(calls, 'model call')}, ${count(totalTokens(usage))} tokens${cost}; processor ${processorOf(run)}`,
    );
  }
  if (digest !== undefined) lines.push(`Report: ${plainLine(digest)}`);
  return lines;
}

function processorOf({ attributes }: Run): string {
  const { cpu_user_s: user, cpu_system_s: system } = attributes;
  return typeof user === 'number' && typeof system === 'number'
    ? `${(user + system).toFixed(2)} s`
    : 'not known';
}

/** The stages as they would be run now, a line each. */
export function dryLines(stages: readonly ChosenStage[], choice: Choice, cwd: string): string[] {
  return stages.map(({ stage, leftOut }, at) => {
    const reason = leftOut ?? spared(stage, choice, (artifact) => existsSync(resolve(cwd, artifact)));
    const what = reason === undefined ? programText(stage) : `skipped: ${plainLine(reason)}`;
    const notes = [
      ...(stage.needs.length > 0 ? [`needs ${stage.needs.join(', ')}`] : []),
      ...(stage.parallel ? ['parallel'] : []),
    ];
    const behind = notes.length > 0 ? `  (${notes.join('; ')})` : '';
    return `${at + 1}. ${stage.id}: ${what}${behind}\n`;
  });
}

function programText({ program }: Stage): string {
  return plainLine('shell' in program ? program.shell.trim() : program.command.join(' '));
}

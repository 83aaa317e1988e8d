import { resolve } from 'node:path';
import { CHECKS, type Check } from '../checks.ts';
import { EXIT } from '../cli-error.ts';
import { type Command, HOME_OPTION, JSON_OPTION } from '../command.ts';
import { connect } from '../connection.ts';
import { exitCodeOf } from '../failures.ts';
import { tachoHome } from '../home.ts';
import type { Io } from '../io.ts';
import { type Colours, coloursFor } from '../render/colours.ts';
import { jsonDocument } from '../render/json-text.ts';
import { plainLine } from '../render/plain.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'check that everything Tacho needs is in order',
  options: [
    {
      flags: '--watch <dir>',
      description: 'folder to check; may be repeated (default: ./logs)',
      repeatable: true,
    },
    HOME_OPTION,
    JSON_OPTION,
  ],
  examples: [
    ['tacho doctor', 'every check with what to do about it'],
    ['tacho doctor --json', 'the same, for scripts'],
  ],
  notes: 'Exit code 1 when a check fails.',
  async run(args, io) {
    const home = tachoHome(args.text('home'), io.env);
    const named = args.texts('watch');
    const watch = (named.length > 0 ? named : ['logs']).map((folder) => resolve(io.cwd, folder));
    // What is wrong with the store is a finding here, not the end.
    const connection = await connect(home).catch((error: unknown) => {
      if (error instanceof Error && (exitCodeOf(error) !== undefined || 'code' in error)) return error;
      throw error;
    });
    const checks: Check[] = [];
    try {
      for (const check of CHECKS) checks.push(...(await check({ home, watch, env: io.env, connection })));
    } finally {
      if (!(connection instanceof Error)) await connection.close();
    }
    const ok = checks.every((check) => check.status !== 'fail');
    if (args.flag('json')) io.out(jsonDocument({ ok, checks }));
    else print(checks, io, coloursFor(io));
    return ok ? EXIT.done : EXIT.no;
  },
};

function print(checks: readonly Check[], io: Io, colours: Colours): void {
  const marks = { ok: colours.green('ok  '), warn: colours.yellow('warn'), fail: colours.red('FAIL') };
  for (const { name, status, message, hint } of checks) {
    io.out(`${marks[status]}  ${name.padEnd(8)}  ${plainLine(message)}\n`);
    if (hint !== undefined) io.out(`                ${colours.dim(plainLine(hint))}\n`);
  }
}

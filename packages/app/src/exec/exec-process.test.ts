import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { emptyRun, RunFold } from '@tacho/trace/model/fold';
import { parseRecord } from '@tacho/trace/model/record';
import type { Run } from '@tacho/trace/model/run';
import type { Span } from '@tacho/trace/model/span';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OWN_ENVIRONMENT } from '../../../../tests/own-environment.ts';

/** The command as people run it: these tests need the build, which `npm test` makes first. */
const BIN = fileURLToPath(new URL('../../bin/tacho.js', import.meta.url));
const BUILT = existsSync(fileURLToPath(new URL('../../dist/cli/commands/exec.js', import.meta.url)));
if (!BUILT) console.warn('packages/app/dist is not built: tacho exec is not tested as a process.');
const LINUX = process.platform === 'linux';
const SCRIPT = LINUX && existsSync('/usr/bin/script');
if (LINUX && !SCRIPT) console.warn('There is no script(1): tacho exec is not tested in a terminal.');

let folder: string;
const started: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tacho-exec-'));
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

type Started = { child: ChildProcess; out: string; err: string; ended: Promise<Ended> };
type Ended = { code: number | null; signal: string | null; out: Buffer; err: string };
type Options = { env?: NodeJS.ProcessEnv; stdio?: ('pipe' | 'ignore' | number)[]; detached?: boolean };

function begin(program: string, argv: readonly string[], options: Options = {}): Started {
  const { env, stdio = ['ignore', 'pipe', 'pipe'], detached = false } = options;
  // As if the tests themselves were not run by nohup.
  const own = { ...OWN_ENVIRONMENT, _: undefined, ...env };
  const child = spawn(program, argv, { cwd: folder, env: own, stdio, detached });
  started.push(child);
  const pieces: Buffer[] = [];
  const running: Started = { child, out: '', err: '', ended: Promise.resolve() as never };
  child.stdout?.on('data', (piece: Buffer) => {
    pieces.push(piece);
    if (running.out.length < 10_000) running.out += piece.toString();
  });
  child.stderr?.on('data', (piece: Buffer) => {
    running.err += piece.toString();
  });
  running.ended = new Promise((resolve) => {
    child.on('close', (code, signal) =>
      resolve({ code, signal, out: Buffer.concat(pieces), err: running.err }),
    );
  });
  return running;
}

const tacho = (argv: readonly string[], options?: Options): Started =>
  begin(process.execPath, [BIN, 'exec', ...argv], options);
const sh = (source: string, options?: Options): Started => tacho(['--', 'sh', '-c', source], options);

async function said(running: Started, word: string): Promise<void> {
  while (!running.out.includes(word)) {
    if (running.child.exitCode !== null) throw new Error(`It ended without "${word}": ${running.err}`);
    await sleep(20);
  }
}

/** The runs in ./logs, oldest first, as their streams tell them. */
function runs(logs = join(folder, 'logs')): Run[] {
  if (!existsSync(logs)) return [];
  return readdirSync(logs, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => runIn(join(logs, name), name));
}

function runIn(path: string, runId: string): Run {
  const fold = new RunFold(emptyRun(runId));
  for (const line of readFileSync(join(path, 'telemetry.jsonl'), 'utf8').trimEnd().split('\n')) {
    const record = parseRecord(JSON.parse(line));
    if (typeof record === 'string') throw new Error(record);
    fold.apply(record);
  }
  return fold.run;
}

const onlyRun = (): Run => {
  const all = runs();
  expect(all).toHaveLength(1);
  return all[0]!;
};
const stageOf = (run: Run): Span => run.spans.find(({ kind }) => kind === 'stage')!;

describe.runIf(BUILT)('tacho exec', () => {
  test('is a run with one stage, with the figures of both', async () => {
    const { code, out, err } = await sh('echo out; echo err >&2').ended;
    expect({ code, out: out.toString(), err }).toEqual({ code: 0, out: 'out\n', err: 'err\n' });
    const run = onlyRun();
    expect(run).toMatchObject({ status: 'ok', name: 'sh -c echo out; echo err >&2' });
    const { attributes, ...stage } = stageOf(run);
    expect(stage).toMatchObject({ status: 'ok', kind: 'stage' });
    expect(attributes).toMatchObject({
      command: ['sh', '-c', 'echo out; echo err >&2'],
      exit_code: 0,
      output_tail: 'out\n',
      error_tail: 'err\n',
    });
    for (const figure of ['wall_s', 'cpu_user_s', 'cpu_system_s']) {
      if (LINUX) expect(attributes![figure]).toBeTypeOf('number');
      expect(run.attributes[figure]).toEqual(attributes![figure]);
    }
    expect(readdirSync(join(folder, 'logs', run.runId))).toEqual(
      expect.arrayContaining(['run_summary.json', 'telemetry.jsonl', 'trace.json']),
    );
  });

  test('leaves the reports in the folder of its own run, and a line in the manifest; inside another run it leaves none', async () => {
    const call =
      '{\\"model\\":\\"gpt-5\\",\\"prompt_tokens\\":1000,\\"completion_tokens\\":0,\\"stage_id\\":\\"$INSTRUMENT_STAGE\\"}';
    const inner = `"${process.execPath}" "${BIN}" exec --stage inner -- sh -c 'exit 3'`;
    const { code, err } = await sh(`${inner}; echo "${call}" >> "$INSTRUMENT_SINK"`).ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { runId } = onlyRun();
    const file = (name: string): string => readFileSync(join(folder, 'logs', name), 'utf8');
    const report = JSON.parse(file(`${runId}/instrumentation.json`)) as {
      stages: { name: string; cpu_user_seconds: unknown }[];
    };
    expect(report).toMatchObject({
      schema_version: 'instrumentation_run_v1',
      run_id: runId,
      totals: { calls: 1, prompt_tokens: 1000, cost: 0.00125 },
      pricing: { currency: 'USD', models: { 'gpt-5': { prompt_per_1k: 0.00125 } } },
      env: { node_version: process.version },
    });
    const [outer] = report.stages;
    expect(report.stages).toMatchObject([
      { status: 'done', llm_totals: { calls: 1 } },
      { name: 'inner', status: 'failed', llm_totals: { calls: 0 } },
    ]);
    if (LINUX) expect(outer!.cpu_user_seconds).toBeTypeOf('number');
    expect(file(`${runId}/instrumentation.md`)).toContain('| inner | failed |');
    const lines = file('run_manifest.jsonl').trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { run_id: runId, path: runId, instrumentation: { json: `${runId}/instrumentation.json` } },
    ]);
  });

  test('prices its calls by the table that the environment names; one that does not work is told, and costs are unknown', async () => {
    const source =
      'echo \'{"model":"ours","prompt_tokens":1000,"completion_tokens":0}\' >> "$INSTRUMENT_SINK"';
    writeFileSync(join(folder, 'prices.yaml'), 'models: { ours: { input_per_1m: 3, output_per_1m: 1 } }\n');
    const costs = (): unknown[] =>
      runs().map(({ runId }) => {
        const text = readFileSync(join(folder, 'logs', runId, 'instrumentation.json'), 'utf8');
        return (JSON.parse(text) as { totals: { cost: unknown } }).totals.cost;
      });
    await sh(source, { env: { TACHO_PRICE_TABLE: 'prices.yaml' } }).ended;
    expect(costs()).toEqual([0.003]);
    const { code, err } = await sh(source, { env: { TACHO_PRICE_TABLE: 'none.yaml' } }).ended;
    expect({ code, costs: costs().toSorted() }).toEqual({ code: 0, costs: [0.003, null] });
    expect(err).toContain('The price table none.yaml cannot be read');
  });

  test('leaves secrets out of all ids: of the stage, the run, its folder, and what the command finds', async () => {
    const key = 'ghp_abcdefghijklmnopqrstuvwxyz0123456789';
    const { out } = await tacho(['--', 'sh', '-c', 'env', key]).ended;
    await tacho(['--name', `use ${key}`, '--stage', `with ${key}`, '--', 'true']).ended;
    const names = readdirSync(join(folder, 'logs'));
    expect(names.join()).not.toContain('abcdef');
    expect(names.join()).toMatch(/_sh-c-env-redacted.*_use-redacted/);
    expect(out.toString()).toMatch(/^INSTRUMENT_STAGE=sh-c-env-redacted$/m);
    expect(out.toString()).not.toMatch(/abcdef/);
    expect(runs().map((run) => stageOf(run).spanId)).toEqual(['sh-c-env-redacted', 'with-redacted']);
  });

  test.each([
    ['exit 3', 3, { status: 'error', exit_code: 3 }],
    ['kill -KILL $$', 137, { status: 'error', signal: 'SIGKILL' }],
    ['kill -INT $$', 130, { status: 'error', signal: 'SIGINT' }],
  ])('passes on how `%s` ends', async (source, code, { status, ...attributes }) => {
    expect(await sh(source).ended).toMatchObject({ code, signal: null, err: '' });
    const run = onlyRun();
    expect(run.status).toBe('error');
    expect(stageOf(run)).toMatchObject({ status, attributes });
  });

  test.each([
    [['/no/such/program'], 127, 'There is no program "/no/such/program"'],
    [['/'], 126, 'cannot be started (EACCES)'],
  ])('%j cannot be started', async (argv, code, sentence) => {
    const ended = await tacho(['--', ...argv]).ended;
    expect(ended.code).toBe(code);
    expect(ended.err).toContain(sentence);
    expect(ended.err.trim().split('\n')).toHaveLength(1);
    expect(onlyRun()).toMatchObject({ status: 'error' });
  });

  test('without a command it says what is missing', async () => {
    expect(await tacho(['--']).ended).toMatchObject({ code: 2 });
    expect(runs()).toEqual([]);
  });

  test("options behind the command are the command's, with -- and without", async () => {
    const print = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
    for (const dashes of [['--'], []]) {
      const argv = [
        '--name',
        'n',
        ...dashes,
        process.execPath,
        '-e',
        print,
        '--',
        '--name',
        '-V',
        '--',
        '--help',
      ];
      const { out } = await tacho(argv).ended;
      expect(JSON.parse(out.toString())).toEqual(['--name', '-V', '--', '--help']);
    }
  });

  test('50 MB in, 50 MB out through pipes, byte for byte, with a bounded tail', async () => {
    const bytes = randomBytes(50 << 20);
    const running = tacho(['--', 'cat'], { stdio: ['pipe', 'pipe', 'pipe'] });
    running.child.stdin!.end(bytes);
    const { code, out } = await running.ended;
    const digest = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
    expect(code).toBe(0);
    expect([out.length, digest(out)]).toEqual([bytes.length, digest(bytes)]);
    const tail = stageOf(onlyRun()).attributes!.output_tail as string;
    expect(Buffer.from(tail).length).toBeLessThan(100_000);
  });

  test('into a file the command writes itself, and the end is read afterwards', async () => {
    const path = join(folder, 'out.txt');
    writeFileSync(path, 'before\n');
    const file = openSync(path, 'a');
    const source = 'for i in $(seq 1 3000); do echo "line $i"; done; exec 3>&1; readlink /proc/$$/fd/3 >&2';
    const { err } = await sh(source, { stdio: ['ignore', file, 'pipe'] }).ended;
    if (LINUX) expect(err.trim()).toBe(path);
    const { output_tail: tail } = stageOf(onlyRun()).attributes as { output_tail?: string };
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3002);
    if (LINUX) {
      expect(tail).toMatch(/^line \d+\n[\s\S]*line 3000\n$/);
      expect(tail!.length).toBeLessThanOrEqual(8192);
    }
  });

  test('standard output and standard error in one pipe keep their order', async () => {
    const source = 'for i in $(seq 1 300); do echo "o$i"; echo "e$i" >&2; done';
    const line = `"${process.execPath}" "${BIN}" exec -- sh -c '${source}' 2>&1 | cat`;
    const { out } = await begin('sh', ['-c', line]).ended;
    const expected = Array.from({ length: 300 }, (_, at) => `o${at + 1}\ne${at + 1}\n`).join('');
    expect(out.toString()).toBe(expected);
    expect(stageOf(onlyRun()).attributes!.output_tail).toMatch(/o300\ne300\n$/);
  });

  test('a program may open its outputs again, as it may without', async () => {
    const { code, out, err } = await sh('echo a > /dev/stdout; echo b > /dev/stderr').ended;
    expect({ code, out: out.toString(), err }).toEqual({ code: 0, out: 'a\n', err: 'b\n' });
  });

  test('a reader that goes away ends the command as without us', async () => {
    const line = `"${process.execPath}" "${BIN}" exec -- sh -c 'yes; echo "yes ended" >&2' | head -n 2; echo done`;
    const { out } = await begin('sh', ['-c', line]).ended;
    expect(out.toString()).toBe('y\ny\ndone\n');
  });

  test('what a process left behind prints arrives, and is not waited for', async () => {
    const source = `(sleep 0.2; while [ ! -e go ]; do sleep 0.05; done; echo late) & echo early`;
    const running = sh(source);
    await new Promise((resolve) => running.child.once('exit', resolve));
    expect(running.out).toBe('early\n');
    writeFileSync(join(folder, 'go'), '');
    const { out } = await running.ended;
    expect(out.toString()).toBe('early\nlate\n');
    expect(onlyRun().status).toBe('ok');
  });

  test('--no-tail leaves pipes alone and keeps nothing', async () => {
    const { out } = await tacho(['--no-tail', '--', 'sh', '-c', 'echo hi']).ended;
    expect(out.toString()).toBe('hi\n');
    expect(stageOf(onlyRun()).attributes).not.toHaveProperty('output_tail');
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2', 'SIGQUIT'] as const)(
    '%s for tacho is one for the command',
    async (signal) => {
      const source = `trap 'echo got; count=$((count+1))' ${signal.slice(3)}; echo ready; while [ -z "$count" ]; do sleep 0.05; done; sleep 0.2; exit $((40+count))`;
      // A session of its own has no terminal.
      const running = sh(source, { detached: true });
      await said(running, 'ready');
      running.child.kill(signal);
      expect(await running.ended).toMatchObject({ code: 41, signal: null });
    },
  );

  test('however often it is asked, tacho ends when the command does', async () => {
    const source =
      'trap \'count=x$count\' TERM; echo ready; while [ "$count" != xx ]; do sleep 0.05; [ -z "$count" ] || echo one; done; sleep 0.2; exit 5';
    const running = sh(source, { detached: true });
    await said(running, 'ready');
    running.child.kill('SIGTERM');
    await said(running, 'one');
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 5, signal: null });
    expect(stageOf(onlyRun())).toMatchObject({ status: 'error', attributes: { exit_code: 5 } });
  });

  /** What a shell runs in whose place, or below which, tacho is started, and what comes of it. */
  const inShell = (source: string, env?: NodeJS.ProcessEnv): Started =>
    begin('sh', ['-c', source, 'sh', process.execPath, BIN], { ...(env && { env }), detached: true });

  test.runIf(LINUX)('signals that the shell around ignores stay ignored, and no others', async () => {
    const ignored = async (trap: string, command = 'grep SigIgn /proc/self/status'): Promise<bigint> => {
      const { out, err, code } = await inShell(`${trap}"$@" exec -- ${command}; exit $?`).ended;
      expect({ err, code }).toEqual({ err: '', code: 0 });
      return BigInt(`0x${out.toString().replace('SigIgn:', '').trim()}`);
    };
    expect(await ignored('')).toBe(0n);
    expect(await ignored("trap '' INT; ")).toBe(2n);
    expect(await ignored("trap '' HUP USR1 USR2 TERM; ")).toBe(1n + 0x200n + 0x800n + 0x4000n);
    expect(await ignored("trap '' HUP; ", "sh -c 'exec grep SigIgn /proc/self/status'")).toBe(1n);
    // What cannot be started says so as ever.
    const missing = await inShell(`trap '' INT; "$@" exec -- no-such-program; exit $?`).ended;
    expect(missing).toMatchObject({ code: 127, err: expect.stringContaining('There is no program') });
  });

  test.runIf(LINUX)('a hangup that is ignored ends neither tacho nor the command', async () => {
    const source = 'echo ready; read line; echo "still $line"';
    const command = ['exec', '--', 'sh', '-c', source];
    const below = `trap '' HUP; "$@"; exit $?`;
    for (const [program, argv, env] of [
      ['sh', ['-c', below, 'sh', process.execPath, BIN, ...command], {}],
      // As bash and zsh start it.
      ['nohup', [process.execPath, BIN, ...command], { _: '/usr/bin/nohup' }],
    ] as const) {
      const running = begin(program, argv, { env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
      await said(running, 'ready');
      // To all of them, as from a terminal that goes away.
      process.kill(-running.child.pid!, 'SIGHUP');
      await sleep(200);
      running.child.stdin!.end('here\n');
      const { code, out } = await running.ended;
      expect({ code, out: out.toString() }).toEqual({ code: 0, out: 'ready\nstill here\n' });
    }
  });

  test.runIf(LINUX)(
    'descriptors beyond the three are the command’s by their numbers, and only its',
    async () => {
      const around = `"$@" exec -- sh -c 'echo one >&3; cat <&7; echo two >&9' 3>three 7<three 9>nine; exit $?`;
      expect(await inShell(around).ended).toMatchObject({ code: 0, err: '' });
      expect(readFileSync(join(folder, 'three'), 'utf8')).toBe('one\n');
      expect(readFileSync(join(folder, 'nine'), 'utf8')).toBe('two\n');
      // The very same as without us.
      const list = `sh -c 'echo $(ls /proc/self/fd)' 5>five 8<five`;
      const { out } = await inShell(`${list}; "$@" exec -- ${list}; exit $?`).ended;
      const [bare, measured, ...more] = out.toString().trim().split('\n');
      expect(bare).toContain(' 5 8');
      expect([measured, more]).toEqual([bare, []]);
    },
  );

  test.runIf(LINUX)(
    'whoever reads at the other end of a descriptor hears when the command closes it',
    async () => {
      const running = sh('echo ready >&3; exec 3>&-; read line; exit 7', {
        stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      });
      let text = '';
      for await (const piece of running.child.stdio[3] as Readable) text += piece;
      expect(text).toBe('ready\n');
      running.child.stdin!.end('\n');
      expect((await running.ended).code).toBe(7);
    },
  );

  test.runIf(LINUX && existsSync('/usr/bin/make'))(
    'a make in it is given the jobs of the make around',
    async () => {
      writeFileSync(
        join(folder, 'Makefile'),
        `all: one two\none two:\n\t+@"${process.execPath}" "${BIN}" exec -- $(MAKE) sub-$@\nsub-%:\n\t@echo $@\n`,
      );
      const { code, out, err } = await begin('make', ['-j2']).ended;
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out.toString()).toMatch(/sub-one[\s\S]*sub-two|sub-two[\s\S]*sub-one/);
    },
  );

  test.runIf(LINUX && existsSync('/usr/bin/prlimit'))(
    'the soft limit of open files is the one around',
    async () => {
      const source = 'ulimit -Sn 200; ulimit -Hn; "$@" exec -- sh -c "ulimit -Sn; ulimit -Hn"; exit $?';
      const [hard, ...inside] = (await inShell(source).ended).out.toString().trim().split('\n');
      expect(inside).toEqual(['200', hard]);
    },
  );

  test('the start of run and stage is on disk before the command begins', async () => {
    const { out } = await sh('wc -l < "$TACHO_RUN_DIR/telemetry.jsonl"').ended;
    expect(out.toString().trim()).toBe('2');
  });

  test('a command that a signal for tacho ends is cancelled, and the run interrupted', async () => {
    const running = sh('echo ready; exec sleep 1000', { detached: true });
    await said(running, 'ready');
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 143, signal: null });
    const run = onlyRun();
    expect(run.status).toBe('interrupted');
    expect(stageOf(run)).toMatchObject({ status: 'cancelled', attributes: { signal: 'SIGTERM' } });
  });

  test('it is there while the command runs, and SIGKILL leaves what was started', async () => {
    const running = sh('echo ready; exec sleep 1000');
    await said(running, 'ready');
    expect(onlyRun().status).toBe('running');
    const { spawnfile: _, pid } = running.child;
    const command = LINUX
      ? Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())
      : undefined;
    running.child.kill('SIGKILL');
    await new Promise((resolve) => running.child.once('exit', resolve));
    if (command !== undefined) process.kill(command, 'SIGKILL');
    const run = onlyRun();
    expect(stageOf(run)).toMatchObject({ status: 'unset', attributes: { command: expect.any(Array) } });
    expect(stageOf(run).endUs).toBeUndefined();
  });

  test('a tacho exec inside is a stage of the stage around it', async () => {
    const inner = (stage: string, source: string): string =>
      `"${process.execPath}" "${BIN}" exec --stage ${stage} -- sh -c '${source}'`;
    const source = `${inner('one', 'exit 2')}; ${inner('two', inner('three', 'true').replaceAll("'", ''))}; true`;
    const script = join(folder, 'script.sh');
    writeFileSync(script, source);
    expect(await tacho(['--name', 'outer', '--', 'sh', script]).ended).toMatchObject({ code: 0, err: '' });
    const run = onlyRun();
    expect(run).toMatchObject({ status: 'ok', name: 'outer' });
    const [outer, one, two, three] = ['outer', 'one', 'two', 'three'].map(
      (name) => run.spans.find((span) => span.name === name)!,
    );
    expect(one).toMatchObject({ parentId: outer!.spanId, status: 'error', attributes: { exit_code: 2 } });
    expect(two).toMatchObject({ parentId: outer!.spanId, status: 'ok' });
    expect(three).toMatchObject({ parentId: two!.spanId, status: 'ok' });
    expect(readFileSync(join(folder, 'logs/runs.jsonl'), 'utf8').trim().split('\n')).toHaveLength(1);
  });

  test("in another driver's run it is a stage beside the driver's sink, and changes none of its variables", async () => {
    const env = {
      RUN_ID: 'theirs',
      INSTRUMENT_SINK: join(folder, 'theirs/calls.jsonl'),
      INSTRUMENT_STAGE: 'extract',
    };
    execFileSync('mkdir', ['-p', join(folder, 'theirs')]);
    const { out } = await sh('env | grep -E "^(RUN_ID|INSTRUMENT_|TACHO_)" | sort', { env }).ended;
    expect(out.toString().trim().split('\n')).toEqual(
      Object.entries(env)
        .map(([name, value]) => `${name}=${value}`)
        .sort(),
    );
    expect(runs()).toEqual([]);
    const run = runIn(join(folder, 'theirs/tacho'), 'theirs');
    expect(run.spans.find(({ status }) => status === 'ok')).toMatchObject({
      kind: 'stage',
      parentId: 'extract',
    });
  });

  test('model calls in the sink belong to the stage that made them; what is no call is told', async () => {
    const call = (fields: string): string =>
      `{"run_id":"'$RUN_ID'",${fields},"created_at":"2026-01-02T03:04:05.678901Z","prompt_tokens":10,"completion_tokens":5}`;
    const source = [
      `echo '${call(`"stage_id":"'$INSTRUMENT_STAGE'","model":"a","request_id":"r1"`)}' >> "$INSTRUMENT_SINK"`,
      `echo 'no call' >> "$INSTRUMENT_SINK"`,
      // Half a line, and its other half later.
      `printf '%s' '{"model":"half","stage_id":"'$INSTRUMENT_STAGE'","prompt_tokens":' >> "$INSTRUMENT_SINK"; sleep 0.6`,
      `printf '%s\\n' '7,"completion_tokens":1}' >> "$INSTRUMENT_SINK"`,
      `printf '%s' '${call('"model":"unstaged","request_id":"r2"')}' >> "$INSTRUMENT_SINK"`,
    ].join('\n');
    const script = join(folder, 'script.sh');
    writeFileSync(script, source);
    expect(await tacho(['--stage', 'Extract!', '--', 'sh', script]).ended).toMatchObject({
      code: 0,
      err: '',
    });
    const run = onlyRun();
    const stage = stageOf(run);
    expect(stage).toMatchObject({ name: 'Extract!', spanId: 'extract' });
    const calls = run.spans.filter(({ kind }) => kind === 'llm');
    expect(calls.map(({ model, parentId, usage }) => [model, parentId, usage!.inputTokens])).toEqual([
      ['a', 'extract', 10],
      ['half', 'extract', 7],
      ['unstaged', undefined, 10],
    ]);
    expect(stage.events?.map(({ name }) => name)).toEqual(['model call not understood']);
  });

  test('the sink and the stream read together give each call once', async () => {
    const script = join(folder, 'script.sh');
    const line = `{"stage_id":"'$INSTRUMENT_STAGE'","model":"m","prompt_tokens":10,"completion_tokens":5}`;
    writeFileSync(script, `for i in 1 2 3; do echo '${line}' >> "$INSTRUMENT_SINK"; done`);
    await tacho(['--', 'sh', script]).ended;
    const home = { TACHO_HOME: join(folder, 'home') };
    const cli = (...argv: string[]): string =>
      execFileSync(process.execPath, [BIN, ...argv], {
        cwd: folder,
        env: { ...OWN_ENVIRONMENT, ...home },
        encoding: 'utf8',
      });
    cli('import', 'logs');
    const { runs: stored } = JSON.parse(cli('runs', '--json')) as {
      runs: { runId: string; usage: unknown }[];
    };
    expect(stored).toHaveLength(1);
    const told = JSON.parse(cli('explain', '--json')) as { tokens: number; spans: unknown[] };
    expect(told.tokens).toBe(45);
    const { run } = JSON.parse(cli('inspect', '--json')) as { run: { notes: { code: string }[] } };
    expect(run.notes.map(({ code }) => code)).toEqual(['unpriced-call']);
  });

  test('hostile names stay names', async () => {
    const name = '\u001b[31m../../etc\n"quoted" <script> $(touch pwned) \u202e';
    await tacho(['--name', name, '--stage', name, '--', 'sh', '-c', 'echo "$INSTRUMENT_STAGE"']).ended;
    const run = onlyRun();
    expect(run.name).toBe(name);
    expect(stageOf(run).name).toBe(name);
    expect(readdirSync(folder)).toEqual(['logs']);
    expect(run.runId).toMatch(/^\d{8}_\d{6}_[a-z0-9-]+$/);
  });

  test('secrets among the arguments are not kept', async () => {
    await tacho(['--', 'sh', '-c', 'true', '--password', 'hunter2hunter2']).ended;
    const text = readFileSync(join(folder, 'logs', onlyRun().runId, 'telemetry.jsonl'), 'utf8');
    expect(text).not.toContain('hunter2');
  });

  test('switched off, or where nothing can be written, the command runs all the same', async () => {
    const off = await sh('echo "<$RUN_ID>"; exit 5', { env: { TACHO_DISABLED: '1' } }).ended;
    expect({ code: off.code, out: off.out.toString() }).toEqual({ code: 5, out: '<>\n' });
    expect(readdirSync(folder)).toEqual([]);
    writeFileSync(join(folder, 'file'), '');
    const full = await sh('echo "<$INSTRUMENT_SINK>"; exit 5', {
      env: { TACHO_DIR: join(folder, 'file/x') },
    }).ended;
    expect({ code: full.code, out: full.out.toString() }).toEqual({ code: 5, out: '<>\n' });
    expect(full.err).toContain('cannot be written');
  });

  test.runIf(LINUX)('where folders can be neither made nor refused for good, the command runs', async () => {
    const { code, out, err } = await sh('echo ran', { env: { TACHO_DIR: '/proc/nope' } }).ended;
    expect({ code, out: out.toString() }).toEqual({ code: 0, out: 'ran\n' });
    expect(err).toContain('cannot be written');
  });
});

describe.runIf(BUILT && SCRIPT)('in a terminal', () => {
  /** script(1) makes a pseudo terminal, and what is typed into it is what comes from its standard input. */
  function inTerminal(source: string): Started {
    const path = join(folder, 'terminal.sh');
    writeFileSync(path, source);
    // The shell of script(1) must not stay between: dash, which it is without SHELL, ends by the Ctrl-C that it gets too.
    const line = `exec "${process.execPath}" "${BIN}" exec -- sh "${path}"`;
    return begin('script', ['-qefc', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'pipe'] });
  }

  test('the command has the terminal, with its size, and reads what is typed', async () => {
    const running = inTerminal(
      'for fd in 0 1 2; do [ -t $fd ] && echo "tty $fd"; done; stty cols 77; stty size; echo ready; read line; echo "read <$line>"',
    );
    await said(running, 'ready');
    running.child.stdin!.write('typed\n');
    const { code, out } = await running.ended;
    expect(code).toBe(0);
    expect(out.toString()).toMatch(/tty 0\s+tty 1\s+tty 2\s+\d+ 77\s+ready[\s\S]*read <typed>/);
    expect(stageOf(onlyRun()).attributes).not.toHaveProperty('output_tail');
  });

  test('Ctrl-C reaches the command once, and tacho waits for its answer', async () => {
    // Five times: two signals that come at nearly the same moment are sometimes one.
    const count =
      'let count=0;process.on("SIGINT",()=>console.log("ack "+ ++count));process.stdin.on("data",()=>process.exit(40+count));console.log("ready")';
    const running = inTerminal(`exec "${process.execPath}" -e '${count}'`);
    await said(running, 'ready');
    for (let press = 1; press <= 5; press++) {
      running.child.stdin!.write('\u0003');
      await said(running, `ack ${press}`);
    }
    await sleep(200);
    running.child.stdin!.write('\n');
    expect((await running.ended).code).toBe(45);
    expect(stageOf(onlyRun()).attributes).toMatchObject({ exit_code: 45 });
  });

  test('Ctrl-C on a command that knows nothing of it leaves a whole run', async () => {
    const running = inTerminal('echo ready; exec sleep 1000');
    await said(running, 'ready');
    running.child.stdin!.write('\u0003');
    expect((await running.ended).code).toBe(130);
    expect(onlyRun().status).toBe('interrupted');
  });
});

describe.runIf(BUILT && LINUX && existsSync('/usr/bin/time'))('figures', () => {
  test('of a stage agree with GNU time for children that burn', async () => {
    const burn =
      'const used=()=>{const {user,system}=process.cpuUsage();return (user+system)/1000};while(used()<600)for(let i=0;i<1e6;i++);';
    const script = join(folder, 'burn.sh');
    writeFileSync(script, `"${process.execPath}" -e '${burn}' &\n"${process.execPath}" -e '${burn}'\nwait\n`);
    appendFileSync(script, 'true\n');
    await tacho(['--', '/usr/bin/time', '-f', '%U %S', '-o', join(folder, 'time'), 'sh', script]).ended;
    const [userS, systemS] = readFileSync(join(folder, 'time'), 'utf8').trim().split(' ').map(Number);
    const { cpu_user_s: user, cpu_system_s: system } = stageOf(onlyRun()).attributes as Record<
      string,
      number
    >;
    const total = userS! + systemS!;
    expect(total).toBeGreaterThan(1.1);
    expect(Math.abs(user! + system! - total)).toBeLessThanOrEqual(Math.max(0.03, total * 0.05));
  });
});

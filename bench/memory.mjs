// Memory of an import beside the length of what it reads: a file ten times as long must not take more.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { linesOf } from './corpus.mjs';
import { atMost } from './figure.mjs';
import { agentSpans } from './store-rows.mjs';
import { inFolder } from './tacho.mjs';

const tacho = fileURLToPath(new URL('../packages/app/bin/tacho.js', import.meta.url));

const SHORT_BYTES = 200e6;
const LONG_BYTES = 2e9;
/** Spans of one run of the stream. */
const RUN_SPANS = 2_000;
/** Characters of what a tool of the transcript gives back. */
const RESULT_CHARS = 16_000;

/** @returns {Promise<import('./figure.mjs').Figure[]>} */
export function benchMemory() {
  return inFolder(async (folder) => {
    const figures = [];
    for (const [what, lines] of [
      ['2 GB of telemetry.jsonl, many runs', streamOfRuns()],
      ['one session of 2 GB of Claude Code', transcript()],
    ]) {
      const short = await peakOf(folder, SHORT_BYTES, lines);
      const long = await peakOf(folder, LONG_BYTES, lines);
      if (long === undefined) {
        console.error('  no /proc here: memory is not measured');
        return [];
      }
      figures.push(
        atMost({
          name: `import: peak memory over ${what}`,
          unit: 'MB',
          ours: long,
          beside: short,
          besideName: 'the first 200 MB of it',
          maxRatio: 1.5,
        }),
      );
    }
    return figures;
  });
}

/** The peak of an import's resident memory over the first `bytes` of a file, in MB. */
async function peakOf(folder, bytes, textAt) {
  const file = join(folder, 'memory.jsonl');
  const home = join(folder, 'memory');
  write(file, bytes, textAt);
  const child = spawn(process.execPath, [tacho, 'import', file, '--home', home, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  let peak;
  const look = setInterval(() => {
    peak = highWaterMb(child.pid) ?? peak;
  }, 50);
  const [code] = await once(child, 'close');
  clearInterval(look);
  if (code !== 0) throw new Error(`the import ended with ${code}: ${out.slice(0, 500)}`);
  if (JSON.parse(out).records === 0) throw new Error('nothing was imported');
  console.error(`  ${(statSync(file).size / 1e9).toFixed(1)} GB: ${Math.round(peak)} MB`);
  rmSync(home, { recursive: true });
  rmSync(file);
  return peak;
}

function highWaterMb(pid) {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  } catch {
    return undefined;
  }
}

function write(path, bytes, textAt) {
  const file = openSync(path, 'w');
  let written = 0;
  for (let at = 0; written < bytes; at++) written += writeSync(file, textAt(at));
  closeSync(file);
}

/** A run after the other, each with the same spans under ids of its own. */
function streamOfRuns() {
  const spans = agentSpans(RUN_SPANS);
  return (at) => {
    const runId = `memory-${at}`;
    return spans
      .map((item) => linesOf(item, runId))
      .join('')
      .replaceAll(/msg_([0-9a-f]+)/g, `msg_${at}_$1`);
  };
}

/** A session that reads one large file after the other. */
function transcript() {
  const source = agentSpans(400)
    .map(({ span }) => (typeof span.outputs === 'string' ? span.outputs : ''))
    .join('\n');
  return (at) => {
    const common = { sessionId: 'memory', isSidechain: false, version: '2.1.0', cwd: '/srv' };
    const line = (uuid, parentUuid, type, message, seconds) =>
      `${JSON.stringify({ ...common, type, uuid, parentUuid, timestamp: new Date(1.7e12 + seconds * 1000), message })}\n`;
    const from = (at * 977) % (source.length - RESULT_CHARS);
    const content = `${at} ${source.slice(from, from + RESULT_CHARS)}`;
    const call = { type: 'tool_use', id: `t${at}`, name: 'Read', input: { file_path: `/srv/${at}` } };
    const usage = { input_tokens: 9, cache_read_input_tokens: 9_000, output_tokens: 99 };
    const assistant = { id: `m${at}`, role: 'assistant', model: 'claude-sonnet-4-6', usage, content: [call] };
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: `t${at}`, content }] };
    const begin = line('u0', null, 'user', { role: 'user', content: 'Read everything.' }, 0);
    return (
      (at === 0 ? begin : '') +
      line(`a${at}`, at === 0 ? 'u0' : `r${at - 1}`, 'assistant', assistant, at * 2 + 1) +
      line(`r${at}`, `a${at}`, 'user', result, at * 2 + 2)
    );
  };
}

// Logs to import: telemetry.jsonl of made-up runs, and transcripts of Claude Code with fresh ids.
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { agentSpans } from './store-rows.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Telemetry lines of a span: its start, and its end with everything else. */
export function linesOf({ span }, runId) {
  const { spanId, parentId, startUs, endUs, inputs, outputs, usage, name, kind, role, ...rest } = span;
  const run = runId === undefined ? {} : { run_id: runId };
  const tokens = usage && {
    input_tokens: usage.inputTokens,
    cache_read_tokens: usage.cacheReadTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    output_tokens: usage.outputTokens,
  };
  const { status, model, provider, callKey, tool, attributes } = rest;
  const start = {
    ts: startUs / 1e6,
    event: 'span_start',
    ...run,
    span_id: spanId,
    parent: parentId,
    name,
    kind,
    role,
    inputs,
  };
  const end = {
    ts: endUs / 1e6,
    event: 'span_end',
    ...run,
    span_id: spanId,
    status,
    duration_ms: (endUs - startUs) / 1000,
    model,
    provider,
    tokens,
    call_key: callKey,
    tool,
    attributes,
    outputs,
  };
  return `${JSON.stringify(start)}\n${JSON.stringify(end)}\n`;
}

/** Writes `<folder>/<runId>/telemetry.jsonl` with so many spans; gives its path. */
export function telemetryFile(folder, runId, count, options = {}) {
  const path = join(folder, runId, 'telemetry.jsonl');
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'w');
  writeSync(file, `${JSON.stringify({ ts: 1.75e9, event: 'run_start', run_id: runId, name: runId })}\n`);
  let text = '';
  for (const item of agentSpans(count, options)) {
    text += linesOf(item);
    if (text.length < 1 << 20) continue;
    writeSync(file, text);
    text = '';
  }
  const endTs = 1.75e9 + count * 0.0013 + 4;
  writeSync(file, `${text}${JSON.stringify({ ts: endTs, event: 'run_end', run_id: runId, status: 'ok' })}\n`);
  closeSync(file);
  return path;
}

/** Real transcripts where they are, else this repository's own. */
function transcriptSource() {
  const corpus = resolve(root, process.env.TACHO_CORPUS ?? '../shared/samples');
  const real = join(corpus, 'claude_code_sessions');
  if (existsSync(real)) return real;
  console.error(`  ${real} is absent: the transcripts of fixtures/claude-code are measured instead`);
  return join(root, 'fixtures/claude-code');
}

const UUID = /\b([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-)([0-9a-f]{8})([0-9a-f]{4})\b/g;
const VENDOR_ID = /\b(msg|req|toolu)_([0-9A-Za-z]+)/g;

/**
 * A config folder of Claude Code with transcripts of about so many bytes: the same sessions over and over, each copy
 * with ids of its own, so that none of its calls is a repetition.
 */
export function transcripts(folder, bytes) {
  const source = transcriptSource();
  const files = readdirSync(source, { recursive: true })
    .filter((file) => file.endsWith('.jsonl'))
    .sort()
    .map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }));
  const config = join(folder, 'claude');
  let written = 0;
  let count = 0;
  for (let copy = 0; written < bytes; copy++) {
    const suffix = copy.toString(16).padStart(4, '0');
    for (const { file, text } of files) {
      const fresh = text.replace(UUID, `$1$2${suffix}`).replace(VENDOR_ID, `$1_$2${suffix}`);
      const path = join(config, 'projects', `copy-${copy}`, file.replace(UUID, `$1$2${suffix}`));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, fresh);
      written += Buffer.byteLength(fresh);
      count++;
      if (written >= bytes) break;
    }
  }
  return { config, bytes: written, files: count };
}

/** Every file of a folder that ends so. */
export function filesIn(folder, ending = '.jsonl') {
  return readdirSync(folder, { recursive: true })
    .filter((file) => file.endsWith(ending))
    .map((file) => join(folder, file));
}

/** Milliseconds that reading the files and nothing but JSON.parse of every line takes. */
export function parseEveryLine(files) {
  const started = performance.now();
  let values = 0;
  for (const file of files) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line === '') continue;
      try {
        JSON.parse(line);
        values++;
      } catch {
        // Some are broken: part of what is measured.
      }
    }
  }
  if (values === 0) throw new Error('there was nothing to parse');
  return performance.now() - started;
}

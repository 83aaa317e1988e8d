import { opendir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Head } from '@tacho/trace/formats/format';
import { recognise } from '../recognise.ts';
import { firstTimeIn } from '../session-order.ts';
import { headOfFile } from './head-of-file.ts';

/** What of a trial tells its model calls one by one, with the agent's own times and tokens. */
export type CallsBeside = { path: string; format: string; firstUs: number };

/** Formats whose files tell calls one by one; `only` and `except` where the format has poorer files as well. */
const TELLING: Record<string, { only?: RegExp; except?: RegExp }> = {
  'claude-code': {},
  'claude-output': { only: /"type"\s*:\s*"(?:system|assistant)"/ },
  codex: { except: /^\{"type":"(?:thread|turn|item)\./m },
  'gemini-cli': {
    except: /^\{"type":"(?:init|message|tool_use|result)"|^\{\s*"(?:session_id|response|stats|error)"/m,
  },
};

/** Folders of a trial in which its agents write. */
const PLACES = ['agent', 'logs', 'steps'];
/** A trial's own logs are few; what an agent left behind in its home may be many. */
const MOST_ENTRIES = 5_000;
const MOST_LEVELS = 10;
const LOGS = /\.(?:jsonl|json|txt|log)$/;
/** Never one of the sources that others are poorer than. A session that Harbor copies has the word behind its agent's name. */
const TRAJECTORY = /^trajectory\b/;

/** The richest source of a trial's calls: the one that tells when the agent began, if any does. */
export async function callsBeside(trialFolder: string): Promise<CallsBeside | undefined> {
  let found: CallsBeside | undefined;
  for await (const path of logsIn(trialFolder)) {
    const head = await headOfFile(path);
    const format = head && recognise(head)?.name;
    if (head === undefined || format === undefined || !tellsCalls(format, head)) continue;
    const source = { path, format, firstUs: firstTimeIn(head.text) };
    if (source.firstUs > 0) return source;
    found ??= source;
  }
  return found;
}

/** Whether a file is what an agent printed, where its format has sessions that say the same with every call's tokens. */
export function isPrinted(format: string, head: Head): boolean {
  return Object.hasOwn(TELLING, format) && TELLING[format]!.except?.test(head.text) === true;
}

/** Whether something beside what an agent printed, or in a folder there, says the same better. */
export async function betterBeside(path: string, format: string): Promise<boolean> {
  for await (const other of logsBelow([dirname(path)])) {
    if (other === path) continue;
    const head = await headOfFile(other);
    const found = head && recognise(head)?.name;
    if (head === undefined || found === undefined) continue;
    if (found === 'atif' || (found === format && tellsCalls(found, head))) return true;
  }
  return false;
}

/** A session that was opened and left says nothing; of a long one the first call may stand behind what is looked at. */
const USAGE = /"(?:usage|usageMetadata|token_count|tokens)"/;

function tellsCalls(format: string, head: Head): boolean {
  if (head.complete && !USAGE.test(head.text)) return false;
  const rule = Object.hasOwn(TELLING, format) ? TELLING[format]! : undefined;
  return rule !== undefined && rule.only?.test(head.text) !== false && rule.except?.test(head.text) !== true;
}

async function* logsIn(trialFolder: string): AsyncGenerator<string> {
  const places = PLACES.map((place) => join(trialFolder, place));
  for await (const path of logsBelow(places)) if (!TRAJECTORY.test(basename(path))) yield path;
}

async function* logsBelow(places: readonly string[]): AsyncGenerator<string> {
  const folders = places.map((path) => ({ path, level: 0 })).reverse();
  let entries = 0;
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    const listing = await opendir(folder.path).catch(() => undefined);
    if (listing === undefined) continue;
    for await (const entry of listing) {
      if (++entries > MOST_ENTRIES) return;
      const path = join(folder.path, entry.name);
      if (entry.isDirectory() && folder.level < MOST_LEVELS) folders.push({ path, level: folder.level + 1 });
      else if (entry.isFile() && LOGS.test(entry.name)) yield path;
    }
  }
}

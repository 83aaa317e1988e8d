import { readdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, sep } from 'node:path';
import { contentId } from '@tacho/trace/model/ids';
import type { SourceOffer } from '@tacho/trace/wire/runs';
import { walk } from './walk.ts';

/** For how long a look is good enough: pages ask for offers again and again, and folders may hold thousands of files. */
const FRESH_MS = 10_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** A tool that keeps its sessions on this machine. */
type Tool = {
  format: string;
  title: string;
  /** Folders that may hold sessions, most of which do not exist. */
  folders(environment: Environment, home: string): string[];
  /** Folders in those that hold the sessions, where not all of it is sessions. */
  within?: string;
  /** Which of the files are sessions. */
  files: RegExp;
};

/** Where each tool keeps its sessions, as its own settings say. */
const TOOLS: readonly Tool[] = [
  {
    format: 'claude-code',
    title: 'Claude Code sessions',
    folders(environment, home) {
      const named = listed(environment.CLAUDE_CONFIG_DIR);
      const config = environment.XDG_CONFIG_HOME || join(home, '.config');
      const roots = named.length > 0 ? named : [join(config, 'claude'), join(home, '.claude')];
      return roots.map((root) => join(root, 'projects'));
    },
    files: /\.jsonl$/,
  },
  {
    format: 'codex',
    title: 'Codex sessions',
    folders(environment, home) {
      const root = environment.CODEX_HOME || join(home, '.codex');
      return ['sessions', 'archived_sessions'].map((folder) => join(root, folder));
    },
    files: /(?:^|[\\/])rollout-[^\\/]*\.jsonl$/,
  },
  {
    format: 'gemini-cli',
    title: 'Gemini CLI sessions',
    // Beside each project's sessions lie its log of prompts, checkpoints and what its tools printed.
    folders: (environment, home) => [join(environment.GEMINI_CLI_HOME || home, '.gemini', 'tmp')],
    within: 'chats',
    files: /\.jsonl?$/,
  },
];

function listed(names: string | undefined): string[] {
  return (names ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function expandHome(path: string, home: string): string {
  return path === '~' || path.startsWith(`~${sep}`) || path.startsWith('~/')
    ? join(home, path.slice(1))
    : path;
}

/** A folder of a tool's, and the folders in it that hold its sessions. */
type Place = { tool: Tool; path: string; folders: string[] };

/** The folders in which tools keep sessions here; those that do not exist are left out, and links are followed once. */
async function placesOf(environment: Environment, home: string): Promise<Place[]> {
  const places = new Map<string, Place>();
  for (const tool of TOOLS)
    for (const folder of tool.folders(environment, home)) {
      const path = await realpath(expandHome(folder, home)).catch(() => undefined);
      if (path === undefined || places.has(path)) continue;
      places.set(path, { tool, path, folders: await foldersIn(path, tool.within) });
    }
  return [...places.values()];
}

async function foldersIn(path: string, within: string | undefined): Promise<string[]> {
  if (within === undefined) return [path];
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const folders: string[] = [];
  for (const entry of entries.filter((each) => each.isDirectory())) {
    const folder = await realpath(join(path, entry.name, within)).catch(() => undefined);
    if (folder !== undefined) folders.push(folder);
  }
  return folders.sort();
}

type Found = { offer: SourceOffer; folders: readonly string[] };

/** Sessions of other tools on this machine, as offers: it looks at names and sizes, and opens nothing. */
export class SessionOffers {
  readonly #environment: Environment;
  readonly #home: string;
  #last: { atMs: number; found: Promise<Found[]> } | undefined;

  constructor(environment: Environment = process.env, home = homedir()) {
    this.#environment = environment;
    this.#home = home;
  }

  async list(): Promise<SourceOffer[]> {
    return (await this.#fresh()).map(({ offer }) => offer);
  }

  /** The folders that hold what is offered under an id; none when nothing is. */
  async folders(id: string): Promise<readonly string[]> {
    return (await this.#fresh()).find(({ offer }) => offer.id === id)?.folders ?? [];
  }

  #fresh(): Promise<Found[]> {
    const nowMs = performance.now();
    if (!this.#last || nowMs - this.#last.atMs > FRESH_MS) this.#last = { atMs: nowMs, found: this.#look() };
    return this.#last.found;
  }

  async #look(): Promise<Found[]> {
    const found: Found[] = [];
    for (const { tool, path, folders } of await placesOf(this.#environment, this.#home)) {
      const { format, title } = tool;
      const size = { files: 0, bytes: 0, newestUs: 0 };
      for (const folder of folders)
        for await (const file of walk(folder, () => {})) {
          if (!tool.files.test(file.path) || file.size === 0) continue;
          size.files++;
          size.bytes += file.size;
          size.newestUs = Math.max(size.newestUs, Math.round(file.modifiedMs * 1000));
        }
      if (size.files === 0) continue;
      found.push({ offer: { id: `${format}-${contentId(path)}`, format, title, path, ...size }, folders });
    }
    return found;
  }
}

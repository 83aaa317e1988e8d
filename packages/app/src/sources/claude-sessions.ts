import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, sep } from 'node:path';
import { contentId } from '@tacho/trace/model/ids';
import type { SourceOffer } from '@tacho/trace/wire/runs';
import { walk } from './walk.ts';

/** For how long a look is good enough: pages ask for offers again and again, and folders may hold thousands of files. */
const FRESH_MS = 10_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** The folders in which Claude Code keeps sessions here; those that do not exist are left out. */
export async function claudeProjects(
  environment: Environment = process.env,
  home = homedir(),
): Promise<string[]> {
  const named = (environment.CLAUDE_CONFIG_DIR ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const config = environment.XDG_CONFIG_HOME || join(home, '.config');
  const roots = named.length > 0 ? named : [join(config, 'claude'), join(home, '.claude')];
  const found = new Set<string>();
  for (const root of roots) {
    const projects = await realpath(join(expandHome(root, home), 'projects')).catch(() => undefined);
    if (projects !== undefined) found.add(projects);
  }
  return [...found];
}

function expandHome(path: string, home: string): string {
  return path === '~' || path.startsWith(`~${sep}`) || path.startsWith('~/')
    ? join(home, path.slice(1))
    : path;
}

/** Sessions of Claude Code on this machine, as offers: it looks at names and sizes, and opens nothing. */
export class ClaudeOffers {
  readonly #environment: Environment;
  readonly #home: string;
  #last: { atMs: number; offers: Promise<SourceOffer[]> } | undefined;

  constructor(environment: Environment = process.env, home = homedir()) {
    this.#environment = environment;
    this.#home = home;
  }

  list(): Promise<SourceOffer[]> {
    const nowMs = performance.now();
    if (!this.#last || nowMs - this.#last.atMs > FRESH_MS) this.#last = { atMs: nowMs, offers: this.#look() };
    return this.#last.offers;
  }

  async #look(): Promise<SourceOffer[]> {
    const offers: SourceOffer[] = [];
    for (const path of await claudeProjects(this.#environment, this.#home)) {
      const offer = { files: 0, bytes: 0, newestUs: 0 };
      for await (const file of walk(path, () => {})) {
        if (!file.path.endsWith('.jsonl') || file.size === 0) continue;
        offer.files++;
        offer.bytes += file.size;
        offer.newestUs = Math.max(offer.newestUs, Math.round(file.modifiedMs * 1000));
      }
      if (offer.files === 0) continue;
      offers.push({
        id: `claude-code-${contentId(path)}`,
        format: 'claude-code',
        title: 'Claude Code sessions',
        path,
        ...offer,
      });
    }
    return offers;
  }
}

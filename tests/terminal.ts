import { readFileSync } from 'node:fs';
import type { Io } from '../packages/app/src/cli/io.ts';

/** A terminal for tests: what was written, and settings to change. */
export class TestTerminal implements Io {
  stdout = '';
  stderr = '';
  env: Record<string, string | undefined> = {};
  cwd = process.cwd();
  interactive = false;
  errInteractive = false;
  columns = 120;
  stdin: AsyncIterable<Uint8Array> = (async function* (): AsyncGenerator<Uint8Array> {})();
  readonly stopping = new AbortController();
  /** Characters after which nobody reads any more. */
  readsAtMost = Number.POSITIVE_INFINITY;

  get signal(): AbortSignal {
    return this.stopping.signal;
  }
  out(text: string): void {
    this.stdout += text;
  }
  err(text: string): void {
    this.stderr += text;
  }
  async writeOut(text: string): Promise<boolean> {
    this.stdout += text;
    return this.stdout.length < this.readsAtMost;
  }
}

/** A published JSON Schema, by its name. */
export function schemaNamed(name: string): Record<string, unknown> {
  const file = new URL(`../packages/app/schemas/${name}.schema.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

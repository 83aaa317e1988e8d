import { readFileSync } from 'node:fs';
import type { Io } from '../packages/app/src/cli/io.ts';
import { run } from '../packages/app/src/cli/main.ts';
import { openTacho } from '../packages/app/src/server/open.ts';

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
  err(text: string | Uint8Array): void {
    this.stderr += textOf(text);
  }
  async writeOut(text: string | Uint8Array): Promise<boolean> {
    this.stdout += textOf(text);
    return this.stdout.length < this.readsAtMost;
  }
}

function textOf(written: string | Uint8Array): string {
  return typeof written === 'string'
    ? written
    : new TextDecoder('utf-8', { ignoreBOM: true }).decode(written);
}

export type Typed = { code: number; out: string; err: string };

/** What a command comes to that is typed with this store, in this folder. */
export async function typedAt(
  home: string,
  argv: readonly string[],
  settings: Partial<Pick<TestTerminal, 'cwd' | 'columns'>> = {},
): Promise<Typed> {
  const terminal = Object.assign(new TestTerminal(), settings);
  terminal.env = { TACHO_HOME: home };
  const code = await run(argv, terminal);
  return { code, out: terminal.stdout, err: terminal.stderr };
}

/** Puts records into the store of a folder, as a client would send them. */
export async function storeRecords(home: string, records: readonly object[]): Promise<void> {
  const tacho = await openTacho({ home });
  const body = records.map((record) => `${JSON.stringify(record)}\n`).join('');
  const headers = { 'content-type': 'application/x-ndjson' };
  await tacho.fetch(new Request('http://localhost/v1/telemetry', { method: 'POST', body, headers }));
  await tacho.close();
}

/** A published JSON Schema, by its name. */
export function schemaNamed(name: string): Record<string, unknown> {
  const file = new URL(`../packages/app/schemas/${name}.schema.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

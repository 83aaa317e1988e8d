import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '@tacho/trace/model/json';

/** What a running server tells others of this machine: where it is, and how to get in. */
export type Announcement = { pid: number; url: string; version: string; token?: string };

const fileOf = (home: string): string => join(home, 'server.json');

/** Written whole and readable by its owner only: it may hold the token. */
export function announce(home: string, announcement: Announcement): void {
  mkdirSync(home, { recursive: true });
  const file = fileOf(home);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(announcement)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}

/** The announced server; undefined when none was announced. Whether it still answers is the caller's to find out. */
export function announced(home: string): Announcement | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(fileOf(home), 'utf8'));
    if (!isObject(value) || typeof value.url !== 'string' || typeof value.pid !== 'number') return undefined;
    return {
      pid: value.pid,
      url: value.url,
      version: typeof value.version === 'string' ? value.version : '',
      ...(typeof value.token === 'string' && { token: value.token }),
    };
  } catch {
    return undefined;
  }
}

/** Takes the announcement back, unless somebody else has made one since. */
export function withdraw(home: string): void {
  if (announced(home)?.pid === process.pid) rmSync(fileOf(home), { force: true });
}

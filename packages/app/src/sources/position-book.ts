import { open } from 'node:fs/promises';
import { fingerprintHead, fingerprintOf, matchesFingerprint } from './fingerprint.ts';
import type { SourcePosition } from './record-sink.ts';

/** Files looked at for one that was renamed: only copies of one file begin alike, and few have thousands of those. */
const MAX_TRIES = 16;

/** How far every file is read, found by its name, or by how it begins when its name has changed. */
export class PositionBook {
  readonly #byUri = new Map<string, SourcePosition>();
  readonly #byFingerprint = new Map<string, Set<string>>();
  /** Lengths that fingerprints have: nearly all have the longest, the others are of small files. */
  readonly #lengths = new Set<number>();

  at(uri: string): SourcePosition | undefined {
    return this.#byUri.get(uri);
  }

  put(position: SourcePosition): void {
    const { uri, fingerprint } = position;
    const before = this.#byUri.get(uri);
    this.#byUri.set(uri, position);
    if (before?.fingerprint === fingerprint) return;
    if (before) this.#byFingerprint.get(before.fingerprint)?.delete(uri);
    const alike = this.#byFingerprint.get(fingerprint);
    if (alike) alike.add(uri);
    else this.#byFingerprint.set(fingerprint, new Set([uri]));
    this.#lengths.add(Number.parseInt(fingerprint, 10));
  }

  /**
   * The position of a file that began like `head` and is no longer where it was: `path` is its new name. `follows` says
   * which names are known to be right without looking.
   */
  async renamedFrom(
    path: string,
    head: Uint8Array,
    follows: (uri: string) => boolean,
  ): Promise<SourcePosition | undefined> {
    let tries = MAX_TRIES;
    for (const length of [...this.#lengths].sort((a, b) => b - a)) {
      if (length === 0 || length > head.length) continue;
      for (const uri of this.#byFingerprint.get(fingerprintOf(head.subarray(0, length))) ?? []) {
        if (uri === path || follows(uri)) continue;
        const position = this.#byUri.get(uri)!;
        if (!(await isStillThere(position))) return position;
        if (--tries === 0) return undefined;
      }
    }
    return undefined;
  }
}

async function isStillThere({ uri, fingerprint }: SourcePosition): Promise<boolean> {
  const handle = await open(uri, 'r').catch(() => undefined);
  try {
    return handle !== undefined && matchesFingerprint(fingerprint, await fingerprintHead(handle));
  } finally {
    await handle?.close();
  }
}

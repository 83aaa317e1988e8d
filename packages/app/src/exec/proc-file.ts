import { closeSync, openSync, readSync } from 'node:fs';

const scratch = Buffer.alloc(16 * 1024);

/** A file of /proc, or undefined. These have no size to ask for: read into one buffer, they cost a third of `readFileSync`. */
export function procText(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    let text = '';
    for (;;) {
      const count = readSync(file, scratch, 0, scratch.length, null);
      if (count === 0) return text;
      text += scratch.toString('latin1', 0, count);
    }
  } catch {
    return undefined;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

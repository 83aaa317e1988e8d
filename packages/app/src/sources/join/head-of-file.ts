import type { Head } from '@tacho/trace/formats/format';
import { openFile } from '../read-file.ts';

/** The beginning of a file that lies beside another one; undefined when there is none, or it is no text. */
export async function headOfFile(path: string): Promise<Head | undefined> {
  try {
    const source = await openFile(path);
    await source.close();
    return source.unreadable === undefined ? source.head : undefined;
  } catch {
    return undefined;
  }
}

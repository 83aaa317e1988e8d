import { detections } from '@tacho/trace/formats/detection';
import type { Format, Head } from '@tacho/trace/formats/format';
import { FORMATS } from '@tacho/trace/formats/index';
import { foreignKind } from './foreign-kinds.ts';

/** Characters of a file's beginning that tell of what kind it is: one span of a foreign tool fits in. */
const LOOKED_AT = 16_384;

/** Formats that can be read, by what a person would type. */
export function readableFormats(): readonly Format[] {
  return FORMATS.filter((format) => format.read !== undefined);
}

/** The format whose content this is, if it can be read. */
export function recognise(head: Head): Format | undefined {
  return detections(readableFormats(), head)[0]?.format;
}

/** The format of bytes that are no text. */
export function recogniseBytes(head: Head): Format | undefined {
  const formats = readableFormats().filter(({ binary }) => binary);
  return detections(formats, head)[0]?.format;
}

/** Why nobody recognises a source: what was found in it, and a sentence that says what was expected. */
export function notRecognised(head: Head): { found: string; reason: string; advice?: string } {
  const foreign = foreignKind(head.text.slice(0, LOOKED_AT));
  if (foreign !== undefined) return { ...foreign, reason: `not read: ${foreign.found}. ${foreign.advice}` };
  const found = describe(head);
  const known = readableFormats()
    .map((format) => format.name)
    .join(', ');
  return { found, reason: `not recognised: ${found}; expected one of ${known}` };
}

function describe(head: Head): string {
  const line = head.text.trimStart().split('\n', 1)[0]!.trim();
  if (line === '') return 'it is empty';
  if (line.startsWith('{') || line.startsWith('[')) {
    const keys = [...head.text.slice(0, 2_000).matchAll(/"([^"\\]{1,40})"\s*:/g)]
      .slice(0, 5)
      .map((match) => match[1]);
    return keys.length === 0 ? 'JSON of an unknown kind' : `JSON with the fields ${keys.join(', ')}`;
  }
  return `text that begins ${JSON.stringify(line.slice(0, 40))}`;
}

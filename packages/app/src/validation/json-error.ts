import { isJsonSpace, JsonScan } from '@tacho/trace/formats/json-scan';

/** Where a text stops being JSON, and why: for texts on which JSON.parse failed. Line and column count from 1. */
export function jsonError(text: string): { line: number; column: number; message: string } {
  const scan = new JsonScan();
  const end = scan.feed(text);
  const [bare] = scan.bare;
  if (bare !== undefined) {
    const word = text.slice(...bare);
    return {
      ...placeIn(text, bare[0]),
      message: `is no JSON: ${word} is no value, expected a number or null`,
    };
  }
  if (scan.state === 'whole') {
    let next = end;
    while (next < text.length && isJsonSpace(text.charCodeAt(next))) next++;
    return { ...placeIn(text, next), message: 'is no JSON: text follows the value' };
  }
  if (scan.state === 'open')
    return {
      ...placeIn(text, text.length),
      message: text.trim() === '' ? 'is empty' : 'is no JSON: it ends before the value does',
    };
  return { ...placeIn(text, end), message: `is no JSON: ${scan.problem}` };
}

function placeIn(text: string, at: number): { line: number; column: number } {
  let line = 1;
  let start = 0;
  for (let found = text.indexOf('\n'); found >= 0 && found < at; found = text.indexOf('\n', found + 1)) {
    line++;
    start = found + 1;
  }
  return { line, column: at - start + 1 };
}

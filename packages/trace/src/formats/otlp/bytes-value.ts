/** The first byte is a bracket that opens a JSON document. */
const DOCUMENT = /^[eW][w-z0-9+/]/;

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * Bytes as base64, as OTLP/JSON spells them; a JSON document as its text: LangSmith's SDK sends what a model was given and
 * what it said as the bytes of one.
 */
export function bytesValue(base64: string): string {
  if (!DOCUMENT.test(base64)) return base64;
  try {
    return decoder.decode(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
  } catch {
    return base64;
  }
}

import { isObject, type JsonValue } from '@tacho/trace/model/json';

/** A text, or the beginning of one that the server has cut. */
export type MaybeCut = { text: string; length: number };

/** The text that a value is, cut or whole; undefined when it is no text. */
export function textOf(value: JsonValue | undefined): MaybeCut | undefined {
  if (typeof value === 'string') return { text: value, length: value.length };
  if (isObject(value) && value.$cut === true && typeof value.text === 'string')
    return {
      text: value.text,
      length: typeof value.length === 'number' ? value.length : value.text.length,
    };
  return undefined;
}

/** A value as people read it: text as it is, all else as indented JSON. Cut texts show that they are. */
export function printed(value: JsonValue | undefined): MaybeCut {
  const text = textOf(value);
  if (text) return text;
  let hidden = 0;
  const json =
    JSON.stringify(
      value,
      (_, item: JsonValue) => {
        const cut = isObject(item) ? textOf(item) : undefined;
        if (!cut) return item;
        hidden += cut.length - cut.text.length;
        return `${cut.text}…`;
      },
      2,
    ) ?? '';
  return { text: json, length: json.length + hidden };
}

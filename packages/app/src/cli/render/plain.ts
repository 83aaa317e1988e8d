import { plainLine } from '@tacho/trace/model/plain-text';

export { plain, plainLine } from '@tacho/trace/model/plain-text';

/** One line of at most `length` characters, cut with `...`. */
export function clipped(text: string, length: number): string {
  const characters = [...plainLine(text)];
  return characters.length <= length
    ? characters.join('')
    : `${characters
        .slice(0, length - 3)
        .join('')
        .trimEnd()}...`;
}

/** A stage's or dimension's name as a title: `tool_loop` is `Tool loop`. */
export function titled(name: string): string {
  const words = plainLine(name).replace(/[_-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** At most `limit` characters, without leaving half of a surrogate pair. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? limit - 1 : limit);
}

/** The first line of a text, at most `limit` characters; one that is longer ends in an ellipsis. */
export function firstLine(text: string, limit: number): string {
  const line = text.split('\n', 1)[0]!;
  return line.length <= limit ? line : `${cutText(line, limit - 1).trimEnd()}…`;
}

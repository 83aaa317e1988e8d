/** Endings that say when a model was made or served, not which it is. */
const ENDINGS = [
  // Claude Code's mark for the long context.
  /\[\d+m\]$/,
  /[-@:]latest$/,
  // -20250929, @20250929, -2025-09-29, and a table's `-2025-` before any day.
  /[-@]20\d{6}$/,
  /[-@]20\d{2}(?:-\d{2}-\d{2})?-?$/,
  // Gemini's month and day, or month and year.
  /-\d{2}-(?:\d{2}|20\d{2})$/,
  // Bedrock's version.
  /-v\d+(?::\d+)?$/,
  /:\d+$/,
  /@$/,
];

/** `us.anthropic.`: where Bedrock serves a model and who made it. */
const BEDROCK_PREFIX = /^\.?(?:(?:[a-z-]+|ai21)\.)+(?=[a-z])/;

/** Which model a name means, without where and when: `us.anthropic.claude-sonnet-4-5-20250929-v1:0` → `claude-sonnet-4-5`. */
export function coreOf(name: string): string {
  let core = name.toLowerCase().split('/').at(-1)!.replace(BEDROCK_PREFIX, '');
  // ft:gpt-4o-mini-2024-07-18:org::id
  if (core.startsWith('ft:')) core = core.split(':').slice(0, 2).join(':');
  for (let before = ''; before !== core; ) {
    before = core;
    for (const ending of ENDINGS) core = core.replace(ending, '');
  }
  return core.replace(/(\d)\.(?=\d)/g, '$1-');
}

/** The spellings of a name under which a price list may have it, the nearest to what was said first. */
export function spellingsOf(name: string): string[] {
  const said = name
    .trim()
    .toLowerCase()
    .replace(/\[\d+m\]$/, '');
  const spellings = new Set<string>();
  for (let rest = said; ; rest = rest.slice(rest.indexOf('/') + 1)) {
    spellings.add(rest);
    if (!rest.includes('/')) break;
  }
  for (const spelling of [...spellings]) {
    spellings.add(spelling.replace(/[-@:]latest$/, ''));
    spellings.add(spelling.replace(/[-@](?:20\d{6}|20\d{2}-\d{2}-\d{2})$/, ''));
  }
  for (const spelling of [...spellings]) {
    spellings.add(spelling.replace(/(\d)\.(?=\d)/g, '$1-'));
    spellings.add(spelling.replace(/(\d)-(?=\d(?:-|$))/g, '$1.'));
  }
  return [...spellings];
}

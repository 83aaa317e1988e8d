/** Editors tell what is open in them before what is asked for, under a heading of its own. */
const HEADING = /^## My request for Codex:[ \t]*\n?/m;
/** Instructions and surroundings in front of what is asked for. */
const SURROUNDINGS =
  /^\s*(?:# AGENTS\.md instructions[^\n]*\s*)?(?:<(INSTRUCTIONS|user_instructions|environment_context)>[\s\S]*?<\/\1>\s*)+/;
/** Open files may be long; what is asked for stands further down. */
const LOOKED_AT_CHARS = 200_000;

/** What a person asks for in a prompt: it names turn and run. The prompt itself is kept whole. */
export function requestOf(prompt: string): string {
  const heading = HEADING.exec(prompt.slice(0, LOOKED_AT_CHARS));
  const request =
    heading === null ? prompt.replace(SURROUNDINGS, '') : prompt.slice(heading.index + heading[0].length);
  return request.trim() === '' ? prompt : request;
}

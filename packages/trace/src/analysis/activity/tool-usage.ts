import type { Action } from './actions.ts';

export type SearchQuery = {
  atUs: number;
  tool: string;
  query: string;
  /** The query before, where the two share a word. */
  refinementOf?: string;
  /** Undefined: nobody knows. */
  ok?: boolean;
};

export type ToolUsage = {
  /** Calls by the tool's name. */
  calls: ReadonlyMap<string, number>;
  /** Searches through MCP servers, whatever the server calls them (G18). */
  mcpSearches: number;
  /** Tools of MCP servers that were called, each once. */
  mcpTools: readonly string[];
  queries: readonly SearchQuery[];
};

export function toolUsageOf(actions: readonly Action[]): ToolUsage {
  const calls = new Map<string, number>();
  const mcpTools = new Set<string>();
  const queries: SearchQuery[] = [];
  let mcpSearches = 0;
  let before: { query: string; words: ReadonlySet<string> } | undefined;
  for (const { tool, server, deed, query, ok, stopped, startUs: atUs } of actions) {
    calls.set(tool, (calls.get(tool) ?? 0) + 1);
    if (server !== undefined) mcpTools.add(tool);
    if (server !== undefined && deed === 'search' && !stopped) mcpSearches++;
    if (query === undefined) continue;
    const words = wordsOf(query);
    const refines = before !== undefined && [...words].some((word) => before!.words.has(word));
    queries.push({
      atUs,
      tool,
      query,
      ...(refines && { refinementOf: before!.query }),
      ...(ok !== undefined && { ok }),
    });
    before = { query, words };
  }
  return { calls, mcpSearches, mcpTools: [...mcpTools], queries };
}

/** Words of three letters and more: shorter ones are options and grammar. */
function wordsOf(query: string): Set<string> {
  return new Set(query.toLowerCase().match(/[\p{L}\p{N}_]{3,}/gu) ?? []);
}

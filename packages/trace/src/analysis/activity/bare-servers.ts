import { isObject } from '../../model/json.ts';
import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { toolNameOf } from '../tool-purpose.ts';
import { repositoryIn } from './tool-arguments.ts';

/** How harnesses that take the server's name off call Sourcegraph's tools: the seed's own names. */
const MARKED = /^sg_|^sourcegraph_|(?:^|_)deep_?search(?:_|$)/;

/** Names that this server gives its tools, and no agent is known to give its own. */
const OWN: ReadonlySet<string> = new Set([
  'keyword_search',
  'nls_search',
  'deepsearch',
  'deepsearch_read',
  'commit_search',
  'diff_search',
  'compare_revisions',
  'get_contributor_repos',
  'list_repos',
]);
/** Names that agents give tools of their own too: Sourcegraph's are told which repository. */
const SHARED: ReadonlySet<string> = new Set([
  'read_file',
  'list_files',
  'list_refs',
  'find_references',
  'go_to_definition',
]);
/** A tool of one such name may be anybody's. Three beside each other are this server's. */
const ENOUGH = 3;

/** The server behind a call whose name leaves it out; undefined where the run does not tell. */
export type BareServer = (span: Span, tool: string) => string | undefined;

/** Looks at which tools the run's agents were given, where that is known, and which they called. */
export function bareServerIn(run: Run): BareServer {
  const found = new Set<string>();
  const note = (name: unknown): void => {
    if (typeof name === 'string' && OWN.has(name)) found.add(name);
  };
  for (const span of run.spans) {
    if (span.kind === 'tool' || span.tool !== undefined) note(toolNameOf(span));
    else if (isObject(span.attributes) && Array.isArray(span.attributes.tools))
      span.attributes.tools.forEach(note);
  }
  const offered = found.size >= ENOUGH;
  return ({ inputs }, tool) => {
    const its =
      MARKED.test(tool) ||
      (offered && (OWN.has(tool) || (SHARED.has(tool) && repositoryIn(inputs) !== undefined)));
    return its ? 'sourcegraph' : undefined;
  };
}

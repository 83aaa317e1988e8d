import type { SpanColumns } from '../../model/columns.ts';
import type { Run } from '../../model/run.ts';
import type { SpanTree } from '../tree.ts';
import { GROUPERS, PATH_GROUPINGS } from './groupings.ts';

/** Words before the colon of a choice. */
export const CHOICES = ['span', ...PATH_GROUPINGS] as const;

/**
 * The spans that a text like `tool:Bash`, `model:gpt-5`, `kind:llm`, `agent:reader`, `stage:analysis` or `span:ID` means.
 * A stage or an agent is all that happened in it.
 *
 * @throws RangeError with a sentence, when the text has another shape or means no span of the run.
 */
export function chosenSpans(
  run: Run,
  columns: SpanColumns,
  tree: SpanTree,
  choice: string,
): (no: number) => boolean {
  const [, by, name] = /^([a-z]+)[:=](.+)$/s.exec(choice) ?? [];
  const word = CHOICES.find((known) => known === by);
  if (word === undefined || name === undefined)
    throw new RangeError(
      `"${choice}" chooses no spans: expected one of ${CHOICES.join(', ')}, a colon and a name.`,
    );
  const nameOf: (no: number) => string =
    word === 'span' ? (no) => run.spans[no]!.spanId : GROUPERS[word](columns, tree);
  const chosen = new Uint8Array(columns.count);
  let found = false;
  for (let no = 0; no < columns.count; no++) {
    if (nameOf(no) !== name) continue;
    chosen[no] = 1;
    found = true;
  }
  if (!found) throw new RangeError(`The run has no ${word} called "${name}".`);
  return (no) => chosen[no] === 1;
}

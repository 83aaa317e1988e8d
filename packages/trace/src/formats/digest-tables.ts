import type { Digest } from '../analysis/digest.ts';
import { bucketTable, priceTable, qualityTable, verdictTable } from './digest-book-tables.ts';
import { agentTable, modelTable, stageTable, toolTable } from './digest-part-tables.ts';
import { scoreTables } from './digest-scores.ts';
import { dearestTable, problemTable, slowestTable } from './digest-span-tables.ts';
import type { DigestTable } from './digest-table.ts';

/** How many rows a digest shows of what may be many. */
export type Bounds = { agents: number; tools: number; notable: number; problems: number };

/** All tables of a digest, in the order in which they are read; those with nothing in them are left out. */
export function digestTables(digest: Digest, bounds: Bounds): DigestTable[] {
  const tables = [
    problemTable(digest, bounds.problems),
    ...scoreTables(digest.report, bounds.tools),
    stageTable(digest, bounds.agents),
    agentTable(digest, bounds.agents),
    modelTable(digest, bounds.tools),
    toolTable(digest, bounds.tools),
    slowestTable(digest, bounds.notable),
    dearestTable(digest, bounds.notable),
    bucketTable(digest),
    priceTable(digest, bounds.tools),
    verdictTable(digest),
    qualityTable(digest),
  ];
  return tables.filter((table) => table !== undefined);
}

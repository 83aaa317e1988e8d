import { SPAN_KINDS } from '@tacho/trace/model/span';
import type { FoundPlace, SearchAnswer } from '@tacho/trace/wire/search';
import type { Session } from './session.ts';
import { textFrom } from './stored-text.ts';

/** Looks for a text in everything that spans say, whatever its case. */
export async function searchSpans(session: Session, text: string, limit: number): Promise<SearchAnswer> {
  const plain = text.toLowerCase();
  const escaped = JSON.stringify(plain).slice(1, -1);
  const rows = await session.rows<FoundRow>('find-spans', { plain, escaped, limit });
  return {
    total: rows[0]?.total ?? 0,
    found: rows.map((row) => ({
      runId: row.run_id,
      runName: row.run_name,
      spanId: row.span_id,
      no: row.no,
      kind: SPAN_KINDS[row.kind]!,
      name: textFrom(row.name),
      startUs: row.start_us,
      place: row.place,
      // The mark of a plain text.
      excerpt: row.excerpt.startsWith('\u0002') ? row.excerpt.slice(1) : row.excerpt,
    })),
  };
}

type FoundRow = {
  run_id: string;
  run_name: string;
  span_id: string;
  no: number;
  kind: number;
  start_us: number;
  name: string;
  place: FoundPlace;
  excerpt: string;
  total: number;
};

import { SPAN_KINDS } from '@tacho/trace/model/span';
import type { FoundPlace, FoundRun, SearchAnswer } from '@tacho/trace/wire/search';
import type { Session } from './session.ts';
import { textFrom } from './stored-text.ts';

/** Looks for a text in everything that runs and their spans say, whatever its case. */
export async function searchAll(session: Session, text: string, limit: number): Promise<SearchAnswer> {
  const plain = text.toLowerCase();
  const escaped = JSON.stringify(plain).slice(1, -1);
  const runs = await session.rows<FoundRunRow>('find-in-runs', { plain, limit });
  const rows = await session.rows<FoundRow>('find-spans', { plain, escaped, limit });
  return {
    total: (runs[0]?.total ?? 0) + (rows[0]?.total ?? 0),
    runs: runs.map(({ run_id, run_name, start_us, place, excerpt }) => ({
      runId: run_id,
      runName: run_name,
      startUs: start_us,
      place,
      excerpt,
    })),
    found: rows.slice(0, Math.max(0, limit - runs.length)).map((row) => ({
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

type FoundRunRow = {
  run_id: string;
  run_name: string;
  start_us: number;
  place: FoundRun['place'];
  excerpt: string;
  total: number;
};

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

import { canonicalJson } from '@tacho/trace/model/canonical-json';
import type { RepeatedCalls } from '../store.ts';
import { payloadFrom } from './payload-content.ts';
import type { Session } from './session.ts';

/** Equal calls that are told of a run. */
const MOST = 100;

type Row = { what: number; first_no: number; last_no: number; times: number; content: string | null };

/** Calls of a tool with the same arguments, in whatever order their fields stand: the most repeated first. */
export async function repeatedCalls(
  session: Session,
  runKey: number,
  least: number,
): Promise<RepeatedCalls[]> {
  const rows = await session.rows<Row>('repeated-calls', { runKey, least });
  const found: RepeatedCalls[] = [];
  const same = new Map<string, RepeatedCalls>();
  for (const { what, first_no: first, last_no: last, times, content } of rows) {
    if (content === null) {
      found.push({ first, last, times });
      continue;
    }
    const key = `${what} ${canonicalJson(payloadFrom(content))}`;
    const known = same.get(key);
    if (known === undefined) same.set(key, { first, last, times });
    else {
      known.first = Math.min(known.first, first);
      known.last = Math.max(known.last, last);
      known.times += times;
    }
  }
  for (const calls of same.values()) if (calls.times >= least) found.push(calls);
  return found.sort((a, b) => b.times - a.times || a.first - b.first).slice(0, MOST);
}

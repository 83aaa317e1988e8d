import type { Comparison } from '@tacho/trace/analysis/compare/compare';
import type { RunDiff } from '@tacho/trace/analysis/diff/diff-runs';
import type { RunsReport } from '@tacho/trace/analysis/runs-report/runs-report';
import type { ColumnBuilder } from '@tacho/trace/model/columns';
import type { Explanation } from '@tacho/trace/model/explanation';
import { isObject, type JsonObject } from '@tacho/trace/model/json';
import type { Span } from '@tacho/trace/model/span';
import type { RunSummary } from '@tacho/trace/model/summary';
import type { UsualTime } from '@tacho/trace/model/usual-time';
import { LIVE_ID_HEADER } from '@tacho/trace/wire/live';
import type { RunList, RunQuery, SourceOffer } from '@tacho/trace/wire/runs';
import type { SessionList } from '@tacho/trace/wire/search';
import { decodeStructure } from '@tacho/trace/wire/structure';
import type { ToolList } from '@tacho/trace/wire/tools';

export { RUN_SORTS, type RunQuery, type RunSort, type SourceOffer } from '@tacho/trace/wire/runs';

/** A request that failed, with a sentence a person can act on. `status` is 0 when no server answered. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | undefined;
  constructor(status: number, code: string, message: string, hint?: string) {
    super(message);
    this.name = 'ApiFailure';
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** What was thrown by a request, as its failure. */
export const failureOf = (error: unknown): ApiFailure =>
  error instanceof ApiFailure
    ? error
    : new ApiFailure(0, 'unreadable', error instanceof Error ? error.message : String(error));

/** An answer and the place in the live stream from which nothing after it is missed. */
export type Placed<T> = { value: T; liveId: string | undefined };

async function request(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiFailure(
      0,
      'unreachable',
      'The Tacho server does not answer.',
      'Start it again with “npx tacho serve”; this page will catch up by itself.',
    );
  }
  if (response.ok) return response;
  throw failureFrom(response.status, await response.text().catch(() => ''));
}

/** What the server says about an error, or the plainest true sentence when it says nothing readable. */
export function failureFrom(status: number, body: string): ApiFailure {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    parsed = undefined;
  }
  const error = isObject(parsed) && isObject(parsed.error) ? parsed.error : ({} as JsonObject);
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return new ApiFailure(
    status,
    text(error.code) ?? `http-${status}`,
    text(error.message) ?? `The server answered with status ${status}.`,
    text(error.hint),
  );
}

async function json<T>(path: string, init?: RequestInit): Promise<T> {
  return (await (await request(path, init)).json()) as T;
}

const run = (runId: string): string => `/api/runs/${encodeURIComponent(runId)}`;

export function queryString(query: RunQuery): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== '' && value !== false) params.set(name, String(value));
  }
  // Which way round is the default differs from column to column: say it whenever a column is named.
  if (query.sort !== undefined) params.set('descending', String(query.descending === true));
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

export async function fetchRuns(query: RunQuery, signal?: AbortSignal): Promise<Placed<RunList>> {
  const response = await request(`/api/runs${queryString(query)}`, signal ? { signal } : undefined);
  return {
    value: (await response.json()) as RunList,
    liveId: response.headers.get(LIVE_ID_HEADER) ?? undefined,
  };
}

export async function fetchSummary(runId: string, signal?: AbortSignal): Promise<Placed<RunSummary>> {
  const response = await request(run(runId), signal ? { signal } : undefined);
  return {
    value: (await response.json()) as RunSummary,
    liveId: response.headers.get(LIVE_ID_HEADER) ?? undefined,
  };
}

export async function fetchStructure(runId: string, signal?: AbortSignal): Promise<Placed<ColumnBuilder>> {
  const response = await request(`${run(runId)}/structure`, signal ? { signal } : undefined);
  return {
    value: decodeStructure(new Uint8Array(await response.arrayBuffer())),
    liveId: response.headers.get(LIVE_ID_HEADER) ?? undefined,
  };
}

/** One span with its payloads; long texts come cut (`$cut`) unless asked for in full. */
export function fetchSpan(runId: string, no: number, full: boolean, signal?: AbortSignal): Promise<Span> {
  return json<Span>(`${run(runId)}/spans/${no}${full ? '?full=1' : ''}`, signal ? { signal } : undefined);
}

/** The books of a run without its single spans. */
export type Books = Omit<Explanation, 'spans'>;

export function fetchBooks(runId: string, signal?: AbortSignal): Promise<Books> {
  return json<Books>(`${run(runId)}/explain?spans=false`, signal ? { signal } : undefined);
}

type Known = number | null;

/** What a run's agents did with code, as the page shows it. Seconds; shares from 0 to 1; null: unknown. */
export type ActivityFigures = {
  time_allocation: { [name: `${string}_actions` | `${string}_seconds`]: Known } & {
    total_actions: number;
    time_to_first_edit: Known;
  };
  tokens: { by_phase: { [phase: string]: number } | null };
  navigation: {
    unique_files_read: Known;
    unique_files_written: Known;
    navigation_efficiency: Known;
    reread_ratio: Known;
  };
  tool_usage: { mcp_searches: Known };
  implementation: {
    edit_operations: Known;
    edit_success_rate: Known;
    lines_added: Known;
    lines_removed: Known;
    reverts: Known;
  };
  build_test: {
    test_runs: Known;
    test_passes: Known;
    test_failures: Known;
    cycles_to_success: Known;
    build_attempts: Known;
    time_in_feedback_loop: Known;
  };
  context_switching: { file_switches: Known; rapid_switches: Known; thrashing_detected: boolean | null };
  errors: { total_errors: Known; resolution_rate: Known };
  /** Sentences. */
  interpretation: string[];
};

export function fetchActivity(runId: string, signal?: AbortSignal): Promise<ActivityFigures> {
  return json<ActivityFigures>(`${run(runId)}/activity?timelines=false`, signal ? { signal } : undefined);
}

/** What many runs come to. */
export function fetchReport(query: RunQuery, signal?: AbortSignal): Promise<RunsReport> {
  const { sort: _, descending: __, ...filters } = query;
  return json<RunsReport>(`/api/report${queryString(filters)}`, signal ? { signal } : undefined);
}

/** The newest sessions. */
export function fetchSessions(limit: number, signal?: AbortSignal): Promise<SessionList> {
  return json<SessionList>(`/api/sessions?limit=${limit}`, signal ? { signal } : undefined);
}

/** What many runs made of each tool. */
export function fetchTools(query: RunQuery, signal?: AbortSignal): Promise<ToolList> {
  const { sort: _, descending: __, ...filters } = query;
  return json<ToolList>(`/api/tools${queryString(filters)}`, signal ? { signal } : undefined);
}

/** A comparison with what its sides were taken to mean. */
export type NamedComparison = { named: { baseline: string; treatment: string } } & Comparison;

export type CompareRequest = { baseline: string; treatment: string; pairBy?: string; successAt?: number };

export function fetchComparison(request: CompareRequest, signal?: AbortSignal): Promise<NamedComparison> {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(request))
    if (value !== undefined && value !== '') params.set(name, String(value));
  return json<NamedComparison>(`/api/compare?${params}`, signal ? { signal } : undefined);
}

/** Two runs beside each other, with their trees laid on each other. */
export type TreeDiff = RunDiff & Required<Pick<RunDiff, 'tree'>>;

export function fetchDiff(left: string, right: string, signal?: AbortSignal): Promise<TreeDiff> {
  const params = new URLSearchParams({ left, right, tree: 'true' });
  return json<TreeDiff>(`/api/diff?${params}`, signal ? { signal } : undefined);
}

/** How long finished calls took in the newest runs. */
export async function fetchUsual(): Promise<UsualTime[]> {
  return (await json<{ times: UsualTime[] }>('/api/usual')).times;
}

export function deleteRun(runId: string): Promise<Response> {
  return request(run(runId), { method: 'DELETE', headers: { 'content-type': 'application/json' } });
}

export function exportHref(runId: string, format: string): string {
  return `${run(runId)}/export?format=${encodeURIComponent(format)}`;
}

export async function fetchOffers(): Promise<SourceOffer[]> {
  return (await json<{ offers: SourceOffer[] }>('/api/offers')).offers;
}

/** Starts the import of an offer; its runs arrive through the live stream. */
export async function importOffer(id: string): Promise<void> {
  await request(`/api/offers/${encodeURIComponent(id)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
}

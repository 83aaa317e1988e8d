import { METRIC_NAMES, type MetricName } from '@tacho/trace/analysis/compare/metrics';
import { RUN_SORTS, type RunQuery, type RunSort } from '../api/client.ts';
import { type AnalyticsChoices, analyticsChoices, analyticsParameters } from './analytics-url.ts';

export const RUN_TABS = ['timeline', 'tree', 'stages', 'agents', 'cost', 'activity', 'problems'] as const;
export type RunTab = (typeof RUN_TABS)[number];

export const DETAIL_TABS = ['summary', 'messages', 'tool', 'attributes', 'events', 'raw'] as const;
export type DetailTab = (typeof DETAIL_TABS)[number];

export const AGENT_FILTERS = ['running', 'stalled', 'error', 'done', 'queued', 'cancelled'] as const;
export type AgentFilter = (typeof AGENT_FILTERS)[number];

export const COST_GROUPINGS = ['stage', 'agent', 'model', 'tool'] as const;
export type CostGrouping = (typeof COST_GROUPINGS)[number];

/** What the list shows: the API's query without paging. */
export type RunFilters = Omit<RunQuery, 'cursor' | 'limit'>;

export type RunPlace = {
  page: 'run';
  runId: string;
  tab: RunTab;
  /** Number of the selected span. */
  span?: number;
  detail?: DetailTab;
  /** The part of time that the timeline shows; without it, all. `follow`: it moves along with now. */
  view?: { fromUs: number; toUs: number; follow?: boolean };
  /** Search in the tree. */
  find?: string;
  only?: boolean;
  /** The critical path is drawn in the timeline. */
  path?: boolean;
  agents?: AgentFilter;
  /** What the cost is grouped by; without it, by stage where there are stages, else by model. */
  by?: CostGrouping;
};

/** What many runs come to: those that the list with these filters has. */
export type AnalyticsPlace = { page: 'analytics'; filters: RunFilters } & AnalyticsChoices;

export const TASK_FILTERS = ['regressed', 'improved', 'tied', 'insufficient'] as const;
export type TaskFilter = (typeof TASK_FILTERS)[number];

export const TASK_SORTS = ['task', 'baseline', 'treatment', 'change', 'result'] as const;
export type TaskSort = (typeof TASK_SORTS)[number];

/** Two sets of runs beside each other. A side is typed as the command line takes it: `session=NAME`, `agent=NAME`, a word. */
export type ComparePlace = {
  page: 'compare';
  baseline?: string;
  treatment?: string;
  /** By what runs of the two sides belong together; without it, by task. */
  pairBy?: string;
  /** A score from which on a run is a success. */
  successAt?: number;
  /** Tasks that are shown; without it, all. */
  show?: TaskFilter;
  /** What tasks are looked at by; without it, by success. */
  metric?: MetricName;
  /** Without it by result, what got worse first. */
  sort?: TaskSort;
  descending?: true;
  /** Search in the names of tasks. */
  find?: string;
};

/** Two runs beside each other, step by step. */
export type DiffPlace = {
  page: 'diff';
  left?: string;
  right?: string;
  /** Steps that are the same on both sides are left out. */
  changes?: true;
  /** Search in the steps; while a side is to be chosen, in the runs. */
  find?: string;
  /** The chosen step: the number of a span of one of the runs. */
  step?: { side: DiffSide; no: number };
};

export type DiffSide = 'left' | 'right';

/** Where the page is. The URL holds all of it, so that every state can be linked, reloaded and gone back to. */
export type Place =
  /** The list, until the newest live run opens itself. */
  | { page: 'home'; filters: RunFilters }
  /** The list, asked for: nothing opens itself. */
  | { page: 'runs'; filters: RunFilters }
  | RunPlace
  | AnalyticsPlace
  | ComparePlace
  | DiffPlace
  | { page: 'lost'; path: string };

const TEXT_FILTERS = [
  'search',
  'session',
  'project',
  'taskType',
  'status',
  'agent',
  'model',
  'label',
] as const;
const NUMBER_FILTERS = ['minScore', 'maxScore', 'fromUs', 'toUs'] as const;

const COMPARE_PARAMETERS = [
  'baseline',
  'treatment',
  'pairBy',
  'successAt',
  'show',
  'metric',
  'sort',
  'descending',
  'find',
] as const;

const oneOf = <T extends string>(list: readonly T[], value: string | null): T | undefined =>
  list.find((item) => item === value);

const numberOf = (value: string | null): number | undefined => {
  if (value === null || value.trim() === '') return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
};

function filtersFrom(params: URLSearchParams): RunFilters {
  const filters: RunFilters = {};
  for (const name of TEXT_FILTERS) {
    const value = params.get(name);
    if (value) filters[name] = value;
  }
  for (const name of NUMBER_FILTERS) {
    const value = numberOf(params.get(name));
    if (value !== undefined) filters[name] = value;
  }
  const sort = oneOf<RunSort>(RUN_SORTS, params.get('sort'));
  if (sort) filters.sort = sort;
  if (params.get('descending') === 'true') filters.descending = true;
  if (params.get('contents') === 'true') filters.contents = true;
  return filters;
}

function viewFrom(text: string | null): RunPlace['view'] {
  const [from, to, mode] = (text ?? '').split('-');
  const [fromUs, toUs] = [numberOf(from ?? null), numberOf(to ?? null)];
  if (fromUs === undefined || toUs === undefined || toUs <= fromUs) return undefined;
  return { fromUs, toUs, ...(mode === 'follow' && { follow: true }) };
}

function viewText(view: NonNullable<RunPlace['view']>): string {
  return `${Math.round(view.fromUs)}-${Math.round(view.toUs)}${view.follow ? '-follow' : ''}`;
}

function runPlace(runId: string, params: URLSearchParams): RunPlace {
  const span = numberOf(params.get('span'));
  const detail = oneOf(DETAIL_TABS, params.get('detail'));
  const view = viewFrom(params.get('view'));
  const find = params.get('find');
  const agents = oneOf(AGENT_FILTERS, params.get('agents'));
  const by = oneOf(COST_GROUPINGS, params.get('by'));
  return {
    page: 'run',
    runId,
    tab: oneOf(RUN_TABS, params.get('tab')) ?? 'timeline',
    ...(span !== undefined && Number.isInteger(span) && span >= 0 && { span }),
    ...(detail && { detail }),
    ...(view && { view }),
    ...(find && { find }),
    ...(params.get('only') === 'true' && { only: true }),
    ...(params.get('path') === 'true' && { path: true }),
    ...(agents && { agents }),
    ...(by && { by }),
  };
}

function comparePlace(params: URLSearchParams): ComparePlace {
  const successAt = numberOf(params.get('successAt'));
  const show = oneOf(TASK_FILTERS, params.get('show'));
  const metric = oneOf(METRIC_NAMES, params.get('metric'));
  const sort = oneOf(TASK_SORTS, params.get('sort'));
  return {
    page: 'compare',
    ...textsOf(params, ['baseline', 'treatment', 'pairBy', 'find']),
    ...(successAt !== undefined && { successAt }),
    ...(show && { show }),
    ...(metric && { metric }),
    ...(sort && { sort }),
    ...(params.get('descending') === 'true' && { descending: true }),
  };
}

function diffPlace(params: URLSearchParams): DiffPlace {
  const step = /^(left|right)-(\d{1,9})$/.exec(params.get('step') ?? '');
  return {
    page: 'diff',
    ...textsOf(params, ['left', 'right', 'find']),
    ...(params.get('changes') === 'true' && { changes: true }),
    ...(step && { step: { side: step[1] as DiffSide, no: Number(step[2]) } }),
  };
}

function textsOf<Name extends string>(
  params: URLSearchParams,
  names: readonly Name[],
): { [name in Name]?: string } {
  const found: { [name in Name]?: string } = {};
  for (const name of names) {
    const value = params.get(name);
    if (value) found[name] = value;
  }
  return found;
}

/** Reads a URL; values that make no sense are left out, unknown paths are `lost`. */
export function placeFrom(pathname: string, search: string): Place {
  const params = new URLSearchParams(search);
  const path = pathname.replace(/\/+$/, '') || '/';
  if (path === '/') return { page: 'home', filters: filtersFrom(params) };
  if (path === '/analytics')
    return { page: 'analytics', filters: filtersFrom(params), ...analyticsChoices(params) };
  if (path === '/compare') return comparePlace(params);
  if (path === '/diff') return diffPlace(params);
  if (path === '/runs') return { page: 'runs', filters: filtersFrom(params) };
  const match = /^\/runs\/([^/]+)$/.exec(path);
  if (match) {
    try {
      return runPlace(decodeURIComponent(match[1]!), params);
    } catch {
      // A percent sign that encodes nothing: no run can have this address.
    }
  }
  return { page: 'lost', path: pathname };
}

/** The URL of a place; the inverse of `placeFrom`. */
export function hrefOf(place: Place): string {
  const params = new URLSearchParams();
  const put = (name: string, value: string | number | boolean | undefined): void => {
    if (value !== undefined && value !== '' && value !== false) params.set(name, String(value));
  };
  let path: string;
  switch (place.page) {
    case 'lost':
      return place.path;
    case 'run':
      path = `/runs/${encodeURIComponent(place.runId)}`;
      put('tab', place.tab === 'timeline' ? undefined : place.tab);
      put('span', place.span);
      put('detail', place.detail);
      put('view', place.view && viewText(place.view));
      put('find', place.find);
      put('only', place.only);
      put('path', place.path);
      put('agents', place.agents);
      put('by', place.by);
      break;
    case 'compare':
      path = '/compare';
      for (const name of COMPARE_PARAMETERS) put(name, place[name]);
      break;
    case 'diff':
      path = '/diff';
      for (const name of ['left', 'right', 'changes', 'find'] as const) put(name, place[name]);
      put('step', place.step && `${place.step.side}-${place.step.no}`);
      break;
    default:
      path = place.page === 'home' ? '/' : `/${place.page}`;
      for (const name of [...TEXT_FILTERS, ...NUMBER_FILTERS, 'contents', 'sort', 'descending'] as const)
        put(name, place.filters[name]);
      if (place.page === 'analytics')
        for (const [name, value] of Object.entries(analyticsParameters(place))) put(name, value);
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** How many filters narrow the list; search and sort are not filters. */
export function filterCount(filters: RunFilters): number {
  return [...TEXT_FILTERS, ...NUMBER_FILTERS].filter(
    (name) => name !== 'search' && filters[name] !== undefined,
  ).length;
}

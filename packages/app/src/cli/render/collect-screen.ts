import { isObject, type JsonObject, type JsonValue } from '@tacho/trace/model/json';
import { type ArmComparison, figureAt, runNameIn } from '../arms.ts';
import type { Colours } from './colours.ts';
import { count, duration, money, plural } from './figures.ts';
import { clipped, plainLine } from './plain.ts';
import { table } from './table.ts';

type Screen = { columns: number; colours: Colours };

const PHASES = ['comprehension', 'navigation', 'implementation', 'testing', 'other'] as const;
const RESEARCH: Partial<Record<string, string>> = {
  comprehension: '58 %',
  navigation: '35 %',
  implementation: '~7 %',
};
const MOST_LINES = 12;

/** The metrics of one run. `verbose`: its tools, re-read files, tests and errors as well. */
export function collectScreen(
  document: JsonObject,
  { verbose }: { verbose: boolean },
  screen: Screen,
): string {
  const { colours } = screen;
  const at = (path: string): number | null => figureAt(document, path);
  const { run_id: runId, agent_type: arm, model } = sectionOf(document, 'metadata');
  const head = [arm, model, runId]
    .filter((text) => typeof text === 'string')
    .map((text) => plainLine(text as string));
  return [
    `${colours.bold(clipped(runNameIn(document), 80))}  ${colours.dim(head.join(' · '))}`,
    [
      seconds(at('execution.total_duration')),
      plural(at('execution.total_events') ?? 0, 'event'),
      plural(at('time_allocation.total_actions') ?? 0, 'tool call'),
      `${figure(at('tokens.total'))} tokens`,
      money(at('tokens.cost_usd')),
    ].join(', '),
    ...(at('time_allocation.total_actions') === 0 ? [NO_CALLS] : bodyOf(document, verbose, screen)),
    '',
  ].join('\n');
}

const NO_CALLS =
  'Time allocation: all 0 %, for there is no tool call. Is the file cut off, or the log of something that calls no tools?';

function* bodyOf(document: JsonObject, verbose: boolean, screen: Screen): Generator<string> {
  const at = (path: string): number | null => figureAt(document, path);
  yield phaseTable(document, screen).trimEnd();
  yield `Files: ${many(at('navigation.file_reads'), 'read')}, ${many(at('navigation.file_writes'), 'write')}, ${ratio(at('navigation.navigation_efficiency'))} reads a write; ${share(at('navigation.reread_ratio'))} of the files read again`;
  yield `Switches between files: ${figure(at('context_switching.file_switches'))}, rapid ${figure(at('context_switching.rapid_switches'))}`;
  yield `Edits: ${figure(at('implementation.edit_operations'))}, lines +${figure(at('implementation.lines_added'))} -${figure(at('implementation.lines_removed'))}; first after ${seconds(at('time_allocation.time_to_first_edit'))}`;
  yield `Tests: ${figure(at('build_test.test_runs'))} (${figure(at('build_test.test_passes'))} passed, ${figure(at('build_test.test_failures'))} failed); builds: ${figure(at('build_test.build_attempts'))} (${figure(at('build_test.build_failures'))} failed)`;
  yield `Errors: ${figure(at('errors.total_errors'))}, resolved ${figure(at('errors.resolved_errors'))}`;
  yield `MCP searches: ${figure(at('tool_usage.mcp_searches'))}`;
  if (lacksServers(document)) yield NO_SEARCHES;
  if (verbose) yield* detailsOf(document);
  const { interpretation } = document;
  for (const sentence of Array.isArray(interpretation) ? interpretation : [])
    yield screen.colours.dim(`  ${plainLine(String(sentence))}`);
}

const NO_SEARCHES =
  '  Were its MCP servers configured, and did they run? `--verbose` lists the tools that it called, tool_usage.tool_timeline in the JSON every call.';

/** A run of the MCP arm that called no server at all. */
function lacksServers(document: JsonObject): boolean {
  const { agent_type: arm } = sectionOf(document, 'metadata');
  return arm === 'mcp' && listLength(sectionOf(document, 'tool_usage').mcp_tools_detected) === 0;
}

function listLength(value: JsonValue | undefined): number {
  return Array.isArray(value) ? value.length : 0;
}

function phaseTable(document: JsonObject, screen: Screen): string {
  const at = (name: string): number | null => figureAt(document, `time_allocation.${name}`);
  return table(
    PHASES.map((phase) => ({ phase })),
    [
      { title: 'phase', of: ({ phase }) => phase },
      { title: 'calls', of: ({ phase }) => figure(at(`${phase}_actions`)), right: true },
      { title: 'of all', of: ({ phase }) => percent(at(`${phase}_pct`)), right: true },
      { title: 'developers', of: ({ phase }) => RESEARCH[phase] ?? '', right: true },
      { title: 'gap', of: ({ phase }) => points(at(`baseline_comparison.${phase}_gap`)), right: true },
      { title: 'time', of: ({ phase }) => seconds(at(`${phase}_seconds`)), right: true },
      { title: 'of worked', of: ({ phase }) => percent(at(`${phase}_time_pct`)), right: true },
      {
        title: 'tokens',
        of: ({ phase }) => figure(figureAt(document, `tokens.by_phase.${phase}`)),
        right: true,
      },
    ],
    screen,
  );
}

function* detailsOf(document: JsonObject): Generator<string> {
  const tools = Object.entries(sectionOf(sectionOf(document, 'tool_usage'), 'tool_calls'));
  const list = tools
    .sort((a, b) => Number(b[1]) - Number(a[1]))
    .map(([tool, calls]) => `${plainLine(tool)} ${calls}`);
  yield* some('Tools', list);
  const rereads = Object.entries(sectionOf(sectionOf(document, 'navigation'), 'rereads'));
  yield* some(
    'Read again',
    rereads
      .sort((a, b) => Number(b[1]) - Number(a[1]))
      .map(([file, times]) => `${clipped(file, 80)} ${times}`),
  );
  yield* some(
    'Tests and builds',
    listOf(document, 'build_test', 'test_timeline').map(
      ({ action, result, duration: lasted, command }) =>
        `${action} ${result ?? 'unknown'} ${seconds(typeof lasted === 'number' ? lasted : null)}  ${clipped(String(command), 80)}`,
    ),
  );
  yield* some(
    'Errors',
    listOf(document, 'errors', 'error_timeline').map(
      ({ error_type: type, error_message: message, resolution_method: method }) =>
        `${type} ${method === null ? 'unresolved' : `resolved by ${method}`}  ${clipped(String(message), 80)}`,
    ),
  );
}

function* some(title: string, lines: readonly string[]): Generator<string> {
  if (lines.length === 0) return;
  yield `${title}:`;
  for (const line of lines.slice(0, MOST_LINES)) yield `  ${line}`;
  if (lines.length > MOST_LINES) yield `  … and ${plural(lines.length - MOST_LINES, 'more', 'more')}`;
}

/** How each figure of a comparison is called and shown. */
const SHOWN: Record<string, readonly [title: string, show: (value: number | null) => string]> = {
  'tokens.total': ['tokens', figure],
  'tokens.cost_usd': ['cost', money],
  'execution.total_duration': ['duration', seconds],
  'time_allocation.total_actions': ['tool calls', tenths],
  'time_allocation.comprehension_pct': ['comprehension', percent],
  'time_allocation.navigation_pct': ['navigation', percent],
  'time_allocation.implementation_pct': ['implementation', percent],
  'time_allocation.testing_pct': ['testing', percent],
  'time_allocation.time_to_first_edit': ['first edit after', seconds],
  'navigation.navigation_efficiency': ['reads a write', ratio],
  'tool_usage.mcp_searches': ['MCP searches', tenths],
  'context_switching.rapid_switches': ['rapid switches', tenths],
  'build_test.cycles_to_success': ['tests to success', tenths],
  'errors.total_errors': ['errors', tenths],
  'quality_indicators.correctness_score': ['correctness', ratio],
};

export function armsScreen(comparison: ArmComparison, screen: Screen): string {
  const { baseline, treatment, figures, closerToResearch, distance, verdict } = comparison;
  const rows = table(
    figures.map(({ figure: path, ...figures }) => {
      const [title, show] = SHOWN[path] ?? [path, figure];
      return { title, show, ...figures };
    }),
    [
      { title: '', of: ({ title }) => title },
      { title: clipped(baseline.name, 24), of: ({ baseline: value, show }) => show(value), right: true },
      { title: clipped(treatment.name, 24), of: ({ treatment: value, show }) => show(value), right: true },
      {
        title: 'difference',
        of: ({ difference, differencePct, show }) => {
          if (difference === null) return '';
          const sign = difference < 0 ? '-' : '+';
          const pct = differencePct === null || show === percent ? '' : ` (${points(differencePct)} %)`;
          return show === percent
            ? `${points(difference)} points`
            : `${sign}${show(Math.abs(difference))}${pct}`;
        },
        right: true,
      },
    ],
    screen,
  );
  const names = { baseline: baseline.name, treatment: treatment.name };
  const closer =
    closerToResearch === null
      ? []
      : [
          `Closer to developers (58 % comprehension, 35 % navigation): ${clipped(names[closerToResearch], 40)}, ` +
            `${Math.min(distance.baseline!, distance.treatment!).toFixed(1)} points away instead of ${Math.max(distance.baseline!, distance.treatment!).toFixed(1)}.`,
        ];
  return `${rows}\n${[...closer, verdict].join('\n')}\n`;
}

function sectionOf(document: JsonObject, name: string): JsonObject {
  const section = document[name];
  return isObject(section) ? section : {};
}

function listOf(document: JsonObject, section: string, name: string): JsonObject[] {
  const list: JsonValue | undefined = sectionOf(document, section)[name];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

function figure(value: number | null): string {
  return value === null ? '?' : count(value);
}

/** Means of counts. */
function tenths(value: number | null): string {
  return value === null ? '?' : Number.isInteger(value) ? count(value) : value.toFixed(1);
}

function many(value: number | null, one: string): string {
  return value === null ? `? ${one}s` : plural(value, one);
}

function seconds(value: number | null): string {
  return value === null ? '?' : value === 0 ? '0 s' : duration(value * 1e6);
}

function percent(value: number | null): string {
  return value === null ? '' : `${value.toFixed(1)} %`;
}

function points(value: number | null): string {
  return value === null ? '' : `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(1)}`;
}

function ratio(value: number | null): string {
  return value === null ? '?' : value.toFixed(2);
}

function share(value: number | null): string {
  return value === null ? '?' : `${Math.round(value * 100)} %`;
}

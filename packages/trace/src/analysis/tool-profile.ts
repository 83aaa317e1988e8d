import type { Run } from '../model/run.ts';
import { type CallFigures, CallTally, sizesOf } from './call-tally.ts';
import { type FailureAnalysis, FailureTally } from './tool-failures.ts';
import { purposeOf, toolNameOf } from './tool-purpose.ts';
import type { ToolPurpose } from './tool-words.ts';

/** One tool's part of a run. */
export type ToolUsage = {
  name: string;
  /** What its calls were for; a shell whose calls were for different things is a `shell`. */
  category: ToolPurpose;
  /** Calls by what they were for. */
  categories: Partial<Record<ToolPurpose, number>>;
} & CallFigures;

/** What all tools of one category came to, call by call: a shell's calls stand in several. */
export type CategoryUsage = { category: ToolPurpose } & CallFigures;

export type ToolReport = {
  calls: number;
  searches: number;
  fileOperations: number;
  /** The most used first. */
  categories: CategoryUsage[];
  /** In the order of their first call. */
  tools: ToolUsage[];
  failures: FailureAnalysis;
};

type ToolTally = { tally: CallTally; categories: Partial<Record<ToolPurpose, number>> };

/** What the tools of a run were used for and how their calls went. Each call is one action (G17), whatever its command. */
export function toolReportOf(run: Run): ToolReport {
  const tools = new Map<string, ToolTally>();
  const categories = new Map<ToolPurpose, CallTally>();
  const failures = new FailureTally();
  let calls = 0;
  for (const span of run.spans) {
    if (span.kind !== 'tool' && span.tool === undefined) continue;
    calls++;
    const name = toolNameOf(span);
    const category = purposeOf(span);
    const sizes = sizesOf(span);
    const tool = tools.get(name) ?? { tally: new CallTally(), categories: {} };
    tools.set(name, tool);
    tool.tally.add(span, sizes);
    tool.categories[category] = (tool.categories[category] ?? 0) + 1;
    const inCategory = categories.get(category) ?? new CallTally();
    categories.set(category, inCategory);
    inCategory.add(span, sizes);
    if (span.status === 'error') failures.add(span);
  }
  const callsFor = (category: ToolPurpose): number => categories.get(category)?.calls ?? 0;
  return {
    calls,
    searches: callsFor('code_search'),
    fileOperations: callsFor('file_operation'),
    categories: [...categories]
      .map(([category, tally]) => ({ category, ...tally.figures(calls) }))
      .sort((a, b) => b.calls - a.calls),
    tools: [...tools].map(([name, tool]) => ({
      name,
      category: mainCategory(tool.categories),
      categories: tool.categories,
      ...tool.tally.figures(calls),
    })),
    failures: failures.analysis(calls, (tool) => tools.get(tool)!.tally.calls),
  };
}

function mainCategory(categories: ToolTally['categories']): ToolPurpose {
  const names = Object.keys(categories) as ToolPurpose[];
  return names.length === 1 ? names[0]! : 'shell';
}

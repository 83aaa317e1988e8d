import { type ToolReport, toolReportOf } from '../../analysis/tool-profile.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Run } from '../../model/run.ts';
import { percent, seconds } from './figures.ts';

/** The section that a manifest has when its run comes from a NeMo trace: that trace's own figures. */
export function nemoMetricsOf(run: Run, report: ToolReport = toolReportOf(run)): JsonObject {
  const { tools, calls, failures } = report;
  return {
    workflow_name: run.name,
    total_duration_sec: run.endUs === undefined ? null : seconds(run.endUs - run.startUs),
    tool_call_count: calls,
    failed_tool_calls: failures.total,
    failure_rate_percent: percent(failures.rate),
    tool_latency_by_tool: Object.fromEntries(
      tools.filter(({ meanUs }) => meanUs !== null).map(({ name, meanUs }) => [name, seconds(meanUs!)]),
    ),
    failure_analysis: {
      total_failures: failures.total,
      failure_rate_percent: percent(failures.rate),
      failures_by_type: Object.fromEntries(failures.byType.map(({ type, failures }) => [type, failures])),
      failures_by_tool: Object.fromEntries(failures.byTool.map(({ tool, failures }) => [tool, failures])),
      failure_rate_by_tool: Object.fromEntries(
        failures.byTool.map(({ tool, rate }) => [tool, percent(rate)]),
      ),
    },
  };
}

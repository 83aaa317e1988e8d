import { atif } from './atif/format.ts';
import { chromeTrace } from './chrome-trace/format.ts';
import { claudeCode } from './claude-code/format.ts';
import { claudeOutput } from './claude-output/format.ts';
import { codex } from './codex/format.ts';
import { enterpriseMetrics } from './enterprise-metrics/format.ts';
import type { Format } from './format.ts';
import { geminiCli } from './gemini-cli/format.ts';
import { harbor } from './harbor/format.ts';
import { harnessTrace } from './harness-trace/format.ts';
import { html } from './html/format.ts';
import { instrumentation, instrumentationCalls, instrumentationDigest } from './instrumentation/format.ts';
import { markdown } from './markdown/format.ts';
import { nemo } from './nemo/format.ts';
import { otlp } from './otlp/format.ts';
import { runManifest } from './run-manifest/format.ts';
import { runSummary } from './run-summary/format.ts';
import { runsJsonl } from './runs-jsonl/format.ts';
import { telemetry } from './telemetry/format.ts';

/** Every format. The order is no behaviour: detection goes by likelihood, and a tie on a fixture fails a test. */
export const FORMATS: readonly Format[] = [
  atif,
  chromeTrace,
  claudeCode,
  claudeOutput,
  codex,
  enterpriseMetrics,
  geminiCli,
  harbor,
  html,
  harnessTrace,
  instrumentation,
  instrumentationCalls,
  instrumentationDigest,
  markdown,
  nemo,
  otlp,
  runManifest,
  runSummary,
  runsJsonl,
  telemetry,
];

/** The format of this name, as a person types it. */
export function formatNamed(name: string): Format | undefined {
  return FORMATS.find((format) => format.name === name);
}

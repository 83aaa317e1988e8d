import { isObject, type JsonObject } from '@tacho/trace/model/json';

/** How an artifact stands in its file: one document, a JSON value a line, or YAML. */
export type ArtifactShape = 'document' | 'lines' | 'yaml';

export type ArtifactKind = {
  readonly name: string;
  /** What a person calls it. */
  readonly title: string;
  /** The published schema, `<schema>.schema.json`. */
  readonly schema: string;
  readonly shape: ArtifactShape;
  /** How its files are usually named: a hint, never proof. */
  readonly files?: RegExp;
  /** The value of `schema_version` by which it says what it is. */
  readonly version?: string;
  /** Fields that together no other kind has. */
  readonly fields: readonly string[];
};

/** Everything that `tacho validate` knows. */
export const ARTIFACT_KINDS: readonly ArtifactKind[] = [
  {
    name: 'telemetry',
    title: 'telemetry.jsonl',
    schema: 'telemetry-record',
    shape: 'lines',
    files: /telemetry.*\.(?:jsonl|ndjson)$/i,
    fields: ['event', 'ts'],
  },
  {
    name: 'runs-jsonl',
    title: 'runs.jsonl',
    schema: 'runs-line',
    shape: 'lines',
    files: /(?:^|[._-])runs\.jsonl$/i,
    fields: ['timestamp', 'task', 'producer_model', 'tokens_by_stage', 'final'],
  },
  {
    name: 'instrumentation-calls',
    title: 'instrumentation_calls.jsonl',
    schema: 'instrumentation-call',
    shape: 'lines',
    files: /instrumentation_calls.*\.jsonl$/i,
    version: 'instrumentation_call_v1',
    fields: ['model', 'prompt_tokens', 'completion_tokens'],
  },
  {
    name: 'manifest-lines',
    title: 'run_manifest.jsonl',
    schema: 'manifest-line',
    shape: 'lines',
    files: /run_manifest.*\.jsonl$/i,
    fields: ['run_id', 'path', 'created_at'],
  },
  {
    name: 'instrumentation',
    title: 'instrumentation.json',
    schema: 'instrumentation-run',
    shape: 'document',
    files: /instrumentation.*\.json$/i,
    version: 'instrumentation_run_v1',
    fields: ['run_id', 'stages', 'totals', 'wall_seconds'],
  },
  {
    name: 'instrumentation-stage',
    title: 'a stage of instrumentation.json',
    schema: 'instrumentation-stage',
    shape: 'document',
    version: 'instrumentation_stage_v1',
    fields: ['id', 'status', 'llm_totals', 'wall_seconds'],
  },
  {
    name: 'run-summary',
    title: 'run_summary.json',
    schema: 'run-summary-file',
    shape: 'document',
    files: /run_summary.*\.json$/i,
    fields: ['run_id', 'total_wall_ms', 'phases', 'totals'],
  },
  {
    name: 'run-manifest',
    title: 'run_manifest.json',
    schema: 'run-manifest',
    shape: 'document',
    files: /run_manifest.*\.json$/i,
    fields: ['harness', 'execution', 'tool_profile', 'result'],
  },
  {
    name: 'enterprise-metrics',
    title: 'enterprise_metrics.json',
    schema: 'enterprise-metrics',
    shape: 'document',
    files: /enterprise_metrics.*\.json$/i,
    fields: ['metadata', 'execution', 'tool_usage', 'build_test'],
  },
  {
    name: 'trace',
    title: 'trace.json',
    schema: 'trace',
    shape: 'document',
    files: /(?:^|[._-])trace\.json$/i,
    fields: ['traceEvents', 'displayTimeUnit'],
  },
  {
    name: 'harness-trace',
    title: 'a harness trace',
    schema: 'harness-trace',
    shape: 'document',
    fields: ['trace_id', 'spans', 'usage_metadata'],
  },
  {
    name: 'comparison',
    title: 'what `tacho compare --json` prints',
    schema: 'comparison',
    shape: 'document',
    files: /comparison.*\.json$/i,
    fields: ['baseline', 'treatment', 'pairing'],
  },
  {
    name: 'recipe',
    title: 'a recipe',
    schema: 'recipe',
    shape: 'yaml',
    files: /recipe.*\.ya?ml$/i,
    fields: ['stages'],
  },
  {
    name: 'price-table',
    title: 'a price table',
    schema: 'price-table',
    shape: 'yaml',
    files: /pric(?:e|es|ing).*\.ya?ml$/i,
    fields: ['models'],
  },
];

export function kindNamed(name: string): ArtifactKind | undefined {
  return ARTIFACT_KINDS.find((kind) => kind.name === name);
}

/** Of an artifact that is damaged half of its fields are enough, or its name. */
const LEAST = 0.5;

/** The kind of artifact that a value looks most like: by what it says it is, else by its fields, with a hint from the file's name. */
export function kindOf(value: unknown, fileName: string, shape: ArtifactShape): ArtifactKind | undefined {
  const object: JsonObject = isObject(value) ? value : {};
  const candidates = ARTIFACT_KINDS.filter((kind) => kind.shape === shape);
  // A line that stands alone is what it says as well.
  const stating = shape === 'document' ? ARTIFACT_KINDS : candidates;
  const stated = stating.find(({ version }) => version !== undefined && object.schema_version === version);
  if (stated) return stated;
  const ranked = candidates
    .map((kind) => ({ kind, likelihood: likelihoodOf(kind, object, fileName) }))
    .sort((a, b) => b.likelihood - a.likelihood);
  const [best] = ranked;
  return best !== undefined && best.likelihood >= LEAST ? best.kind : undefined;
}

function likelihoodOf({ fields, files }: ArtifactKind, object: JsonObject, fileName: string): number {
  const there = fields.filter((field) => Object.hasOwn(object, field)).length;
  return there / fields.length + (files?.test(fileName) ? LEAST : 0);
}

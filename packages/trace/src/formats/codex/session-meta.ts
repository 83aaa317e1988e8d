import { asString, isObject, type JsonObject } from '../../model/json.ts';
import { parseTimestamp, usToSeconds } from '../../model/time.ts';
import { lastOfPath, printable } from '../excerpt.ts';
import { lineageOf } from './lineage.ts';
import { ROOT, type Session } from './session.ts';

/** Fields that describe the session, and the label that each becomes. */
const LABELS: readonly (readonly [string, string])[] = [
  ['cli_version', 'agent_version'],
  ['originator', 'entrypoint'],
];

/** Fields of git's that describe the checkout: names of two generations. */
const GIT: readonly (readonly [string, string])[] = [
  ['branch', 'git_branch'],
  ['commit_hash', 'git_commit'],
  ['repository_url', 'source_repo'],
];

/** Texts of kilobytes that are the same in every session. */
const NOT_FACTS = new Set([
  'id',
  'timestamp',
  'cwd',
  'cli_version',
  'originator',
  'git',
  'instructions',
  'base_instructions',
  'dynamic_tools',
  'type',
]);

/** The line that begins a rollout. Those that follow it directly are of threads that this one was forked from. */
export function readSessionMeta(session: Session, meta: JsonObject, us: number): void {
  const lineage = lineageOf(meta);
  if (session.lineage !== undefined) {
    // Written again when the session is resumed, or copied from the parent.
    const older = lineage.forkedFrom ?? lineage.threadId;
    if (session.lineage.forkedFrom !== undefined && session.scope.turns.length === 0 && older !== undefined)
      session.origin = older;
    return;
  }
  session.begin(lineage);
  session.origin = lineage.forkedFrom ?? lineage.threadId ?? '';
  session.createdUs = parseTimestamp(meta.timestamp) ?? us;
  session.provider = asString(meta.model_provider);
  if (lineage.runId !== undefined) session.batch.runId = lineage.runId;
  if (session.isSubagent) tellSubagent(session, us);
  else tellRun(session, meta, us);
}

function tellRun(session: Session, meta: JsonObject, us: number): void {
  const cwd = asString(meta.cwd);
  const labels: JsonObject = { agent: 'codex' };
  for (const [field, label] of LABELS) put(labels, label, asString(meta[field]));
  const git = isObject(meta.git) ? meta.git : {};
  for (const [field, label] of GIT) put(labels, label, asString(git[field]));
  const attributes: JsonObject = {};
  for (const field in meta) if (!NOT_FACTS.has(field)) put(attributes, field, printable(meta[field]));
  if (cwd !== undefined) attributes.cwd = cwd;
  session.batch.run({
    ...(us > 0 && { ts: usToSeconds(us) }),
    ...(session.batch.runId !== undefined && { session_id: session.batch.runId }),
    ...(cwd !== undefined && { project: lastOfPath(cwd) }),
    labels,
    attributes,
  });
}

function put(target: JsonObject, name: string, value: JsonObject[string]): void {
  if (value !== undefined && value !== null && name !== '__proto__') target[name] = value;
}

/** A subagent hangs under its session until the call that started it is known. */
function tellSubagent(session: Session, us: number): void {
  const { subagent } = session.lineage!;
  session.scope.touch(us, {
    kind: 'agent',
    component: subagent?.name ?? subagent?.role ?? 'subagent',
    fallback_parent: ROOT,
    ...(subagent?.role !== undefined && { role: subagent.role }),
  });
}

import { claudeCode } from './claude-code.ts';
import { genAi } from './gen-ai.ts';
import { googleAdk, googleAdkNames } from './google-adk.ts';
import { langfuse } from './langfuse.ts';
import { langSmith } from './langsmith.ts';
import { mlflow } from './mlflow.ts';
import { nemo } from './nemo.ts';
import { openInference, plainValues } from './open-inference.ts';
import { openLlmetry, openLlmetryAnthropic } from './open-llmetry.ts';
import { ownAttributes } from './own.ts';
import { logfire, pydanticAi, pydanticEvals } from './pydantic-ai.ts';
import type { Dialect } from './rule.ts';
import { RuleTable } from './table.ts';
import { vercelAi } from './vercel-ai.ts';

/**
 * Every dialect, in the order in which they win. A tool's own words go before the standard's, which the tool writes to
 * please others: LangSmith calls a retriever's operation `embeddings`, and a prompt's `chat`.
 */
export const DIALECTS: readonly Dialect[] = [
  ownAttributes,
  claudeCode,
  langfuse,
  langSmith,
  mlflow,
  googleAdk,
  googleAdkNames,
  nemo,
  openLlmetryAnthropic,
  pydanticAi,
  pydanticEvals,
  logfire,
  genAi,
  vercelAi,
  openInference,
  openLlmetry,
  plainValues,
];

const ANYWHERE = new RuleTable(DIALECTS.filter(({ scopes }) => scopes === undefined));

const BY_SCOPE = new Map(
  [...new Set(DIALECTS.flatMap(({ scopes = [] }) => scopes))].map((scope) => [
    scope,
    new RuleTable(DIALECTS.filter(({ scopes }) => scopes === undefined || scopes.includes(scope))),
  ]),
);

/** The rules for what an instrumentation scope of this name writes. */
export function tableOf(scope: string): RuleTable {
  return BY_SCOPE.get(scope) ?? ANYWHERE;
}

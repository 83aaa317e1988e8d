import type { ApiError } from '@tacho/trace/wire/runs';
import { IngestBusyError } from '../ingest/ingest.ts';
import { RunQueryProblem, StoreHeldError, StoreTroubleError } from '../store/store.ts';

type Status = 400 | 401 | 403 | 404 | 405 | 406 | 413 | 415 | 429 | 500 | 503;

/** An answer that is not the one that was asked for: the status, a code for programs, a sentence for people. */
export class HttpProblem extends Error {
  readonly status: Status;
  readonly code: string;
  readonly hint: string | undefined;
  readonly headers: Record<string, string>;

  constructor(
    status: Status,
    code: string,
    message: string,
    options: { hint?: string; headers?: Record<string, string> } = {},
  ) {
    super(message);
    this.name = 'HttpProblem';
    this.status = status;
    this.code = code;
    this.hint = options.hint;
    this.headers = options.headers ?? {};
  }
}

export function notFound(what: string, hint?: string): HttpProblem {
  return new HttpProblem(404, 'not-found', `There is no ${what}.`, hint === undefined ? {} : { hint });
}

/** Any thrown value as the one error shape of the API. */
export function errorResponse(error: unknown): Response {
  const problem = problemOf(error);
  const body: ApiError = {
    error: {
      code: problem.code,
      message: problem.message,
      ...(problem.hint !== undefined && { hint: problem.hint }),
    },
  };
  return Response.json(body, { status: problem.status, headers: problem.headers });
}

/** Any thrown value as a problem. Storage trouble is the sender's to retry: what was not acknowledged was not stored. */
export function problemOf(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof RunQueryProblem)
    return new HttpProblem(400, 'parameter', error.message, { hint: error.hint });
  if (error instanceof IngestBusyError) {
    return new HttpProblem(429, 'busy', error.message, { headers: { 'retry-after': '1' } });
  }
  if (error instanceof StoreTroubleError || error instanceof StoreHeldError) {
    return new HttpProblem(503, 'storage', error.message, { headers: { 'retry-after': '5' } });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new HttpProblem(500, 'internal', `Tacho failed at this request: ${message}`, {
    hint: 'This is a defect of Tacho. Please report it with the log of the server.',
  });
}

import type { RunOutput } from '../model/run.ts';
import type { Sink } from './sink.ts';

/** The object that belongs to the code that runs now: the span around it, of whatever run. */
export interface Context {
  current(): object | undefined;
  /** Calls `fn` with the value, which is current for everything it calls and waits for. */
  run<Value extends object, Result>(value: Value, fn: (value: Value) => Result): Result;
}

/** The folder of a run on disk, and the sink that fills it. */
export interface RunFolder extends Sink {
  /** The id asked for, with a suffix when it was taken. */
  readonly runId: string;
  readonly path: string;
  /** Writes run_summary.json and trace.json, and appends to runs.jsonl. Everything must have been written before. */
  writeArtifacts(): void;
}

export type HttpRequest = {
  url: string;
  headers: Record<string, string>;
  body: string;
  gzip: boolean;
  /** The page or process is about to go: send it in a way that outlives it, where there is one. */
  last: boolean;
  timeoutMs: number;
};
export type HttpAnswer = { status: number; retryAfter?: string; text: string };

/** Sends one request; rejects when there was no answer. Does not keep the process alive while it waits for one. */
export type Transport = (request: HttpRequest) => Promise<HttpAnswer>;

/** Without a code the process may go on: a page that is hidden and may come back. */
export type ExitFacts = { code?: number; error?: unknown };

/** What the recorder needs of the machine it runs on: Node's is in sinks/node-platform.ts, a browser's in sinks/browser-platform.ts. */
export interface Platform {
  env(name: string): string | undefined;
  /** What tells whether the recorded process is still there. */
  readonly process?: { pid: number; host: string };
  /** Attributes of every run: runtime version, arguments. */
  readonly facts: Readonly<Record<string, string>>;
  readonly context: Context;
  /** Calls back after this turn's promises, and before any I/O callback. */
  atEndOfTurn(fn: () => void): void;
  /** A timer that does not keep the process alive. Returns what cancels it. */
  later(ms: number, fn: () => void): () => void;
  /** Keeps the process alive until the function it returns is called. */
  keepAlive(): () => void;
  /** Calls back when the process ends without having ended the run. Returns what takes the call back off. */
  atExit(fn: (facts: ExitFacts) => void): () => void;
  /** Calls back when nothing is left to do, before the process ends of itself; `keepAlive` still works then. */
  beforeExit(fn: () => void): () => void;
  /** One sentence to the person who runs the program. */
  tell(sentence: string): void;
  readonly transport: Transport;
  openFolder?(folder: string, runId: string): RunFolder;
  /** The folder of a run that another process records. Its files are the other's to write. */
  joinFolder?(folder: string, runId: string): RunFolder;
  measure?(path: string): RunOutput;
}

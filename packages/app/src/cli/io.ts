import type { Writable } from 'node:stream';

/** What a program that is run in our place may have: our streams, and the signals that come for us. */
export type ProcessIo = {
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Its descriptors beyond the three that it was started with, for such a program. */
  readonly descriptors: readonly number[];
  /** Signals that were ignored when this process began. They still are, and nobody hears of them. */
  readonly ignored: ReadonlySet<NodeJS.Signals>;
  /** From now on these signals go to the function, and end nothing of themselves. Returns what gives them back. */
  takeSignals<Signal extends NodeJS.Signals>(
    signals: readonly Signal[],
    handler: (signal: Signal) => void,
  ): () => void;
};

/** Where a command reads and writes: the terminal, or a test. Answers go to `out`, everything else to `err`. */
export type Io = {
  out(text: string): void;
  /** Bytes of another program go on as they are. */
  err(text: string | Uint8Array): void;
  /** Resolves when the answer can take more: false when nobody reads it any more. */
  writeOut(text: string | Uint8Array): Promise<boolean>;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Standard output is a terminal. */
  readonly interactive: boolean;
  /** Standard error is a terminal: progress may be drawn over itself. */
  readonly errInteractive: boolean;
  /** Width of the terminal, or of what is printed elsewhere. */
  readonly columns: number;
  /** Ends with Ctrl-C, or when whoever runs the command wants it to stop. */
  readonly signal: AbortSignal;
  /** The process itself, for what runs another program in its place; a test has none. */
  readonly process?: ProcessIo;
};

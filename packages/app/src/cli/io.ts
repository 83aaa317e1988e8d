/** Where a command reads and writes: the terminal, or a test. Answers go to `out`, everything else to `err`. */
export type Io = {
  out(text: string): void;
  err(text: string): void;
  /** Resolves when the answer can take more: false when nobody reads it any more. */
  writeOut(text: string): Promise<boolean>;
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
};

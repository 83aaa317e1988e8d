import type { SpanHandle } from '@tacho/trace';
import type { Part } from './cast.ts';
import type { Pace } from './pace.ts';

type Use = {
  readonly tool: string;
  readonly seconds: number;
  input(part: Part): unknown;
  output(part: Part, pace: Pace): string;
};

const FILES = ['types.go', 'client.go', 'server.go', 'config.go', 'errors.go', 'store.go', 'metrics.go'];

/** What agents reach for when they read a codebase, with what comes back. */
const USES: readonly Use[] = [
  {
    tool: 'Glob',
    seconds: 0.15,
    input: ({ path }) => ({ pattern: `${path}/**/*.go` }),
    output: ({ path }, pace) =>
      Array.from({ length: pace.count(4, 9) }, (_, at) => `${path}/${FILES[at % FILES.length]}`).join('\n'),
  },
  {
    tool: 'Read',
    seconds: 0.12,
    input: ({ path }) => ({ file_path: `${path}/types.go`, limit: 400 }),
    output: ({ path, about }) =>
      `1\tpackage ${path.split('/').at(-1)}\n2\t\n3\t// ${about}.\n4\ttype Config struct {\n5\t\tTimeout time.Duration\n6\t\tMaxRetries int\n7\t}`,
  },
  {
    tool: 'Read',
    seconds: 0.12,
    input: ({ path }) => ({ file_path: `${path}/client.go`, offset: 40, limit: 160 }),
    output: () =>
      '40\tfunc (c *client) dial(ctx context.Context) (*grpc.ClientConn, error) {\n41\t\treturn c.pool.Get(ctx, c.addr)\n42\t}',
  },
  {
    tool: 'Grep',
    seconds: 0.35,
    input: ({ path }) => ({ pattern: 'func New[A-Z]', path, output_mode: 'content' }),
    output: ({ path, name }, pace) =>
      Array.from(
        { length: pace.count(2, 6) },
        (_, at) =>
          `${path}/${FILES[at % FILES.length]}:${pace.count(12, 400)}: func New${titled(name)}(cfg Config) (*${titled(name)}, error) {`,
      ).join('\n'),
  },
  {
    tool: 'Bash',
    seconds: 0.9,
    input: ({ path }) => ({
      command: `go list -deps ./${path}/... | grep eigenda`,
      description: 'List dependencies',
    }),
    output: (_, pace) =>
      ['core', 'encoding', 'common', 'api/proto', 'common/logging']
        .slice(0, pace.count(1, 5))
        .map((path) => `github.com/Layr-Labs/eigenda/${path}`)
        .join('\n'),
  },
];

/** One tool call, recorded under the agent; gives what came back. */
export function useTool(agent: SpanHandle, part: Part, pace: Pace): Promise<string> {
  const use = pace.one(USES);
  return call(agent, use.tool, use.input(part), pace, use.seconds, () => use.output(part, pace));
}

/** A test run that waits for a network that is not there, for so many seconds. */
export function hangingTool(agent: SpanHandle, part: Part, pace: Pace, seconds: number): Promise<string> {
  const input = {
    command: `go test ./${part.path}/... -run TestEndToEnd`,
    description: 'Run the end-to-end test',
    timeout: 120_000,
  };
  return call(
    agent,
    'Bash',
    input,
    pace,
    seconds,
    () => 'ok  \tgithub.com/Layr-Labs/eigenda/tools/traffic\t(cached)',
  );
}

export function writeTool(agent: SpanHandle, path: string, pace: Pace, write: () => number): Promise<string> {
  return call(agent, 'Write', { file_path: path }, pace, 0.1, () => `${write()} bytes written`);
}

function call(
  agent: SpanHandle,
  tool: string,
  inputs: unknown,
  pace: Pace,
  seconds: number,
  result: () => string,
): Promise<string> {
  return agent.span(tool, { kind: 'tool', tool: { name: tool }, inputs }, async (span) => {
    await pace.wait(seconds);
    const output = result();
    span.setOutputs(output);
    return output;
  });
}

function titled(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());
}

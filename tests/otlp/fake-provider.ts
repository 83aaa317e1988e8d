import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** Chat completions and messages over HTTP, as the providers' own clients want them: enough for an agent with one tool. */
export type FakeProvider = { url: string; close(): Promise<void> };

export const OPENAI_MODEL = 'gpt-4o-2024-08-06';
export const ANTHROPIC_MODEL = 'claude-sonnet-4-5-20250929';

/** What the provider says it used; cached tokens lie inside the prompt's (OpenAI), or beside the input's (Anthropic). */
export const OPENAI_USAGE = {
  prompt_tokens: 1200,
  completion_tokens: 90,
  total_tokens: 1290,
  prompt_tokens_details: { cached_tokens: 1024 },
  completion_tokens_details: { reasoning_tokens: 40 },
};
export const ANTHROPIC_USAGE = {
  input_tokens: 70,
  output_tokens: 45,
  cache_read_input_tokens: 900,
  cache_creation_input_tokens: 200,
};

export async function fakeProvider(): Promise<FakeProvider> {
  let calls = 0;
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    calls++;
    if (request.url?.endsWith('/chat/completions')) completion(body, calls, response);
    else if (request.url?.endsWith('/messages')) message(body, calls, response);
    else response.writeHead(404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Body = { stream?: boolean; tools?: unknown[]; messages: { role: string }[] };

async function bodyOf(request: IncomingMessage): Promise<Body> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text === '' ? '{}' : text) as Body;
}

/** With tools, the first answer calls one and the second says something. */
function wantsTool({ tools, messages }: Body): boolean {
  return (tools?.length ?? 0) > 0 && messages.every(({ role }) => role !== 'tool');
}

function completion(body: Body, call: number, response: ServerResponse): void {
  const base = { id: `chatcmpl-${call}`, created: 1_700_000_000, model: OPENAI_MODEL };
  const tool_calls = [
    { id: `call_${call}`, type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } },
  ];
  if (body.stream === true) {
    const chunk = (delta: object, finish_reason: string | null): object => ({
      ...base,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason }],
    });
    events(response, [
      ...['It ', 'rains.'].map(
        (content) => [undefined, chunk({ role: 'assistant', content }, null)] as const,
      ),
      [undefined, chunk({}, 'stop')],
      [undefined, { ...base, object: 'chat.completion.chunk', choices: [], usage: OPENAI_USAGE }],
    ]);
    return;
  }
  const answer = wantsTool(body)
    ? { message: { role: 'assistant', content: null, tool_calls }, finish_reason: 'tool_calls' }
    : { message: { role: 'assistant', content: 'It rains.' }, finish_reason: 'stop' };
  json(response, {
    ...base,
    object: 'chat.completion',
    choices: [{ index: 0, ...answer }],
    usage: OPENAI_USAGE,
  });
}

function message(body: Body, call: number, response: ServerResponse): void {
  const base = {
    id: `msg_${call}`,
    type: 'message',
    role: 'assistant',
    model: ANTHROPIC_MODEL,
    stop_sequence: null,
  };
  if (body.stream === true) {
    const { output_tokens, ...input } = ANTHROPIC_USAGE;
    const start = { ...base, content: [], stop_reason: null, usage: { ...input, output_tokens: 1 } };
    const text = (delta: string): object => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: delta },
    });
    events(
      response,
      [
        { type: 'message_start', message: start },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        text('It '),
        text('rains.'),
        { type: 'content_block_stop', index: 0 },
        {
          type: 'message_delta',
          delta: { stop_reason: 'end_turn', stop_sequence: null },
          usage: { output_tokens },
        },
        { type: 'message_stop' },
      ].map((event) => [(event as { type: string }).type, event] as const),
    );
    return;
  }
  const content = wantsTool(body)
    ? [{ type: 'tool_use', id: `toolu_${call}`, name: 'get_weather', input: { city: 'Oslo' } }]
    : [{ type: 'text', text: 'It rains.' }];
  json(response, {
    ...base,
    content,
    stop_reason: wantsTool(body) ? 'tool_use' : 'end_turn',
    usage: ANTHROPIC_USAGE,
  });
}

function json(response: ServerResponse, value: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

function events(response: ServerResponse, all: readonly (readonly [string | undefined, object])[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [event, data] of all)
    response.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`);
  response.end('data: [DONE]\n\n');
}

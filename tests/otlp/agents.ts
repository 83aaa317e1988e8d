import Anthropic from '@anthropic-ai/sdk';
import { HumanMessage } from '@langchain/core/messages';
import { RunnableLambda } from '@langchain/core/runnables';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import OpenAI from 'openai';
import { z } from 'zod';

/** Runs `work` in a span of the program's own, as a framework or a careful author would. */
export async function inSpan(name: string, work: () => Promise<void>): Promise<void> {
  await trace.getTracer('program').startActiveSpan(name, async (span) => {
    try {
      await work();
      span.setStatus({ code: SpanStatusCode.OK });
    } finally {
      span.end();
    }
  });
}

const QUESTION = 'What is the weather in Oslo?';
const SCHEMA = { type: 'object', properties: { city: { type: 'string' } } } as const;

/** Asks, has its one tool called, and asks again: through OpenAI's client. */
export async function openaiAgent(url: string): Promise<void> {
  const client = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1` });
  const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters: SCHEMA } }];
  const messages: OpenAI.Chat.ChatCompletionMessageParam[] = [{ role: 'user', content: QUESTION }];
  const first = await client.chat.completions.create({ model: 'gpt-4o', messages, tools });
  const answer = first.choices[0]!.message;
  messages.push(answer, { role: 'tool', tool_call_id: answer.tool_calls![0]!.id, content: '{"rain":true}' });
  await client.chat.completions.create({ model: 'gpt-4o', messages, tools });
}

export async function openaiStream(url: string): Promise<void> {
  const client = new OpenAI({ apiKey: 'none', baseURL: `${url}/v1` });
  const stream = await client.chat.completions.create({
    model: 'gpt-4o',
    messages: [{ role: 'user', content: QUESTION }],
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const _ of stream);
}

/** One question through Anthropic's client, whole or as a stream. */
export async function anthropicCall(url: string, stream: boolean): Promise<void> {
  const client = new Anthropic({ apiKey: 'none', baseURL: url });
  const asked = {
    model: 'claude-sonnet-4-5',
    max_tokens: 100,
    messages: [{ role: 'user' as const, content: QUESTION }],
  };
  if (!stream) await client.messages.create(asked);
  else for await (const _ of await client.messages.create({ ...asked, stream: true }));
}

/** LangChain's model, a tool and a chain around both. */
export async function langchainAgent(url: string): Promise<void> {
  const model = new ChatOpenAI({ model: 'gpt-4o', apiKey: 'none', configuration: { baseURL: `${url}/v1` } });
  const weather = tool(async ({ city }) => `It rains in ${city}.`, {
    name: 'get_weather',
    description: 'The weather of a city.',
    schema: z.object({ city: z.string() }),
  });
  const chain = RunnableLambda.from(async (question: string, config) => {
    const asked = new HumanMessage(question);
    const answer = await model.bindTools([weather]).invoke([asked], config);
    const result = await weather.invoke(answer.tool_calls![0]!, config);
    return await model.invoke([asked, answer, result], config);
  }).withConfig({ runName: 'weather-chain' });
  await chain.invoke(QUESTION);
}

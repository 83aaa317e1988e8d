import type { SpanHandle } from '@tacho/trace';
import type { Pace } from './pace.ts';

export const LARGE_MODEL = 'claude-sonnet-4-6';
export const SMALL_MODEL = 'claude-haiku-4-5';

/** What the API answers when too many tokens a minute were asked for. */
export class RateLimitError extends Error {
  readonly status = 429;
  constructor() {
    super('429 This request would exceed your rate limit of 2,000,000 input tokens per minute.');
    this.name = 'RateLimitError';
  }
}

type Message = { role: 'user' | 'assistant'; content: string };

/** A conversation with a model that is played, in time and tokens like a real one: the context grows and is cached. */
export class Conversation {
  readonly #pace: Pace;
  readonly #model: string;
  readonly #messages: Message[];
  /** Tokens of the context that the provider has cached. */
  #cached = 0;
  /** Tokens that came in since. */
  #fresh: number;
  #calls = 0;

  constructor(pace: Pace, model: string, system: string, task: string) {
    this.#pace = pace;
    this.#model = model;
    this.#messages = [{ role: 'user', content: task }];
    this.#fresh = pace.count(2_600, 4_200) + Math.round((system.length + task.length) / 4);
  }

  /** One call that takes about so many seconds; records itself under the agent. Throws `failure` after half of it. */
  async answer(agent: SpanHandle, seconds: number, text: string, failure?: Error): Promise<string> {
    const options = {
      kind: 'llm',
      model: this.#model,
      provider: 'anthropic',
      inputs: { messages: this.#messages.slice(-3) },
    };
    return agent.span(this.#model, options, async (call) => {
      await this.#pace.wait(seconds * 0.3);
      if (failure) throw failure;
      call.firstToken();
      await this.#pace.wait(seconds * 0.7);
      const response = this.#respond(text);
      call.logUsage(response);
      call.setOutputs({ role: 'assistant', content: text });
      this.#messages.push({ role: 'assistant', content: text });
      return text;
    });
  }

  /** What a tool brought back: it is read with the next call. */
  hear(result: string): void {
    this.#messages.push({ role: 'user', content: result });
    this.#fresh += this.#pace.count(900, 5_200);
  }

  /** The response object of the Messages API, with its usage: cache apart from input. */
  #respond(text: string): Record<string, unknown> {
    const written = Math.round(this.#fresh * 0.96);
    const output = this.#pace.count(180, 520) + Math.round(text.length / 3);
    const usage = {
      input_tokens: this.#fresh - written,
      cache_creation_input_tokens: written,
      cache_read_input_tokens: this.#cached,
      cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
      output_tokens: output,
    };
    this.#cached += written;
    this.#fresh = output;
    this.#calls++;
    return {
      id: `msg_demo_${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`,
      type: 'message',
      role: 'assistant',
      model: this.#model,
      content: [{ type: 'text', text }],
      stop_reason: this.#calls % 4 === 0 ? 'end_turn' : 'tool_use',
      usage,
    };
  }
}

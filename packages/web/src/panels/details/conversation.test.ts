import type { JsonValue } from '@tacho/trace/model/json';
import type { Span } from '@tacho/trace/model/span';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answeredMessages, askedMessages, type Message, toolMessages } from './conversation.ts';

/** Messages as one line each, so that a test reads like the conversation. */
const lines = (messages: Message[]): string[] =>
  messages.map(
    (message) =>
      `${message.role}: ${message.parts
        .map((part) => {
          const text = part.text.text.replace(/\s+/g, ' ');
          switch (part.type) {
            case 'text':
              return text;
            case 'thinking':
              return `(${text})`;
            case 'call':
              return `→ ${part.name} ${text}`;
            case 'result':
              return `${part.failed ? '✗' : '←'} ${part.name ?? part.id} ${text}`;
            case 'other':
              return `<${part.name}>`;
          }
          return '';
        })
        .join(' | ')}`,
  );

describe('what was asked', () => {
  it.each<[string, JsonValue, string[]]>([
    ['plain text', 'Hello', ['user: Hello']],
    ['a prompt', { prompt: 'Hello', temperature: 0 }, ['user: Hello']],
    [
      'Anthropic',
      {
        model: 'x',
        system: 'Be brief',
        messages: [
          { role: 'user', content: 'Where?' },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'look' },
              { type: 'text', text: 'Looking' },
              { type: 'tool_use', id: 't1', name: 'Grep', input: { pattern: 'x' } },
            ],
          },
          {
            role: 'user',
            content: [
              {
                type: 'tool_result',
                tool_use_id: 't1',
                is_error: true,
                content: [{ type: 'text', text: 'no' }],
              },
            ],
          },
        ],
      },
      [
        'system: Be brief',
        'user: Where?',
        'assistant: (look) | Looking | → Grep { "pattern": "x" }',
        'user: ✗ t1 no',
      ],
    ],
    [
      'OpenAI chat',
      {
        messages: [
          { role: 'system', content: 'S' },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'See' },
              { type: 'image_url', image_url: { url: 'data:' } },
            ],
          },
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'c1', function: { name: 'f', arguments: '{"a":1}' } }],
          },
          { role: 'tool', tool_call_id: 'c1', content: 'done' },
        ],
      },
      ['system: S', 'user: See | <image_url>', 'assistant: → f { "a": 1 }', 'tool: ← c1 done'],
    ],
    [
      'OpenAI responses',
      {
        instructions: 'I',
        input: [
          { role: 'user', content: [{ type: 'input_text', text: 'Q' }] },
          { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
          { type: 'function_call_output', call_id: 'c', output: 'R' },
        ],
      },
      ['system: I', 'user: Q', 'assistant: → f {}', 'tool: ← c R'],
    ],
    [
      'Gemini',
      {
        contents: [
          { role: 'user', parts: [{ text: 'Q' }] },
          { role: 'model', parts: [{ functionCall: { name: 'f', args: { a: 1 } } }] },
          { role: 'user', parts: [{ functionResponse: { name: 'f', response: { b: 2 } } }] },
        ],
      },
      ['user: Q', 'assistant: → f { "a": 1 }', 'user: ← f { "b": 2 }'],
    ],
  ])('%s', (_, inputs, expected) => {
    expect(lines(askedMessages(inputs))).toEqual(expected);
  });
});

describe('what was answered', () => {
  it.each<[string, JsonValue, string[]]>([
    ['plain text', 'Hi', ['assistant: Hi']],
    ['Anthropic', { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] }, ['assistant: Hi']],
    ['OpenAI chat', { choices: [{ message: { role: 'assistant', content: 'Hi' } }] }, ['assistant: Hi']],
    [
      'OpenAI responses',
      {
        output: [
          { type: 'reasoning', summary: [] },
          { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }] },
        ],
      },
      ['assistant: Hi'],
    ],
    ['Gemini', { candidates: [{ content: { role: 'model', parts: [{ text: 'Hi' }] } }] }, ['assistant: Hi']],
    ['Ollama', { message: { role: 'assistant', content: 'Hi', thinking: 'hm' } }, ['assistant: (hm) | Hi']],
    ['AI SDK', { text: 'Hi', toolCalls: [{ toolName: 'f', args: {} }] }, ['assistant: Hi | → f {}']],
    [
      'blocks',
      [
        { type: 'text', text: 'Hi' },
        { type: 'tool_use', name: 'f', input: {} },
      ],
      ['assistant: Hi | → f {}'],
    ],
    ['an unknown shape', { verdict: 3 }, []],
    ['nothing', null, []],
  ])('%s', (_, outputs, expected) => {
    expect(lines(answeredMessages(outputs))).toEqual(expected);
  });

  it('knows the full length of a text the server has cut', () => {
    const cut = { $cut: true, text: 'abc', length: 50_000 };
    expect(answeredMessages({ content: cut })[0]?.parts[0]?.text).toEqual({ text: 'abc', length: 50_000 });
  });
});

it('shows a tool call with what it was given and what came back', () => {
  const span = {
    spanId: 's',
    name: 'Read file',
    kind: 'tool',
    startUs: 1,
    status: 'error',
    tool: { name: 'Read' },
    inputs: { path: 'a' },
    outputs: [{ type: 'text', text: 'no such file' }],
  } satisfies Span;
  expect(lines(toolMessages(span))).toEqual(['tool: → Read { "path": "a" } | ✗ Read no such file']);
});

it('takes any JSON without falling over', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom('messages', 'content', 'choices', 'output', 'parts'),
      (value, key) => {
        for (const input of [value, { [key]: value }, [{ role: 'user', [key]: value }]] as JsonValue[]) {
          for (const message of [...askedMessages(input), ...answeredMessages(input)])
            for (const part of message.parts) expect(typeof part.text.text).toBe('string');
        }
      },
    ),
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from './json.ts';
import { redactorOf } from './redact.ts';

const rules = redactorOf(true)!;
const letters = 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7cF0xR';
const repeat = (length: number): string => letters.repeat(4).slice(0, length);

/** Put together here, so that no scanner takes this file for a leak. */
const SECRETS: Record<string, string> = {
  openai: `sk-${repeat(48)}`,
  'openai project': `sk-proj-${repeat(60)}`,
  anthropic: `sk-ant-api03-${repeat(80)}`,
  openrouter: `sk-or-v1-${repeat(40)}`,
  stripe: `sk_live_${repeat(24)}`,
  aws: `AKIA${'QWERTYUIOPASDFGH'}`,
  'github token': `ghp_${repeat(36)}`,
  'github fine-grained': `github_pat_${repeat(60)}`,
  slack: `xoxb-${'123456789012-abcdefghij'}`,
  google: `AIza${repeat(35)}`,
  'hugging face': `hf_${repeat(34)}`,
  jwt: `eyJ${repeat(20)}.eyJ${repeat(30)}.${repeat(20)}`,
  bearer: `Bearer ${repeat(24)}`,
  'private key': `-----BEGIN RSA PRIVATE KEY-----\n${repeat(64)}\n-----END RSA PRIVATE KEY-----`,
};

describe('what goes', () => {
  test.each(Object.entries(SECRETS))('%s, in a text and nested in a value', (_, secret) => {
    expect(rules.text(`before ${secret} after`)).toBe('before [redacted] after');
    const value = { deep: [{ note: `use ${secret}` }] };
    expect(rules.mayHold(JSON.stringify(value))).toBe(true);
    expect(rules.value(value)).toEqual({ deep: [{ note: 'use [redacted]' }] });
  });

  test.each([
    'api_key',
    'apiKey',
    'API-Key',
    'x-api-key',
    'OPENAI_API_KEY',
    'Authorization',
    'password',
    'db_password',
    'client_secret',
    'secret',
    'token',
    'access_token',
    'GITHUB_TOKEN',
    'Set-Cookie',
  ])('the value of the field %s', (name) => {
    const value = { [name]: 'hunter2', kept: 1 };
    expect(rules.mayHold(JSON.stringify(value))).toBe(true);
    expect(rules.value(value)).toEqual({ [name]: '[redacted]', kept: 1 });
  });

  test('fields in a text that holds JSON', () => {
    expect(rules.text('{"api_key": "hunter2", "user": "me"}')).toBe(
      '{"api_key": "[redacted]", "user": "me"}',
    );
    const value = { arguments: '{"password":"hunter2"}' };
    expect(rules.mayHold(JSON.stringify(value))).toBe(true);
    expect(rules.value(value)).toEqual({ arguments: '{"password":"[redacted]"}' });
  });
});

describe('what stays', () => {
  test.each([
    'risk-assessment-of-the-whole-migration-plan',
    'task-20260410-143201-context-engineering',
    'disk-usage-report-for-production-systems',
    'sk-short',
    'the bearer of this letter',
    'Bearer tokens are described in the manual',
    'eyJhbGciOiJIUzI1NiJ9 alone is no token',
    'password: must be at least 8 characters long',
    'a secret ingredient, and a cookie recipe',
    'xoxo, see you',
    'https://example.org/tokens?max_tokens=4096',
  ])('%s', (text) => {
    expect(rules.text(text)).toBe(text);
  });

  test('figures and flags named like secrets', () => {
    const value: JsonValue = {
      tokens: 10,
      max_tokens: 4096,
      prompt_tokens: 17,
      token_count: 3,
      total_tokens: 5,
      tokenizer: 'o200k',
      secretary: 'Kim',
      password_reset: true,
      token: true,
      api_key: null,
      secret: '',
      keys: ['a'],
      monkey: 'see',
    };
    expect(rules.value(value)).toEqual(value);
  });

  test('whatever has no letters of a key is the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const given = value as JsonValue;
        const json = JSON.stringify(given);
        fc.pre(!rules.mayHold(json));
        expect(JSON.stringify(rules.value(given))).toBe(json);
      }),
    );
  });
});

test('own names, patterns and replacement come on top', () => {
  const own = redactorOf({ keys: ['Patient-Name'], patterns: [/\b\d{3}-\d{2}-\d{4}\b/], replace: '***' })!;
  expect(own.value({ patient_name: 'Ann', text: 'no 123-45-6789, no 987-65-4321', password: 'x' })).toEqual({
    patient_name: '***',
    text: 'no ***, no ***',
    password: '***',
  });
});

test('off is off', () => {
  expect(redactorOf(false)).toBeUndefined();
});

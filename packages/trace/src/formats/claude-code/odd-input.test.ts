import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  assistant,
  fixture,
  lines,
  outline,
  prompt,
  read,
  result,
  spanNamed,
} from '../../../../../tests/transcripts.ts';
import { ledgerOf } from '../../analysis/ledger.ts';
import { foldRun } from '../../model/fold.ts';

describe('a file that is not as it should be', () => {
  test('refuses what cannot be read, with place and reason, and reads the rest', async () => {
    const { records, refusals } = await read(fixture('malformed.jsonl'));
    expect(refusals.map(({ line, reason }) => [line, reason])).toMatchSnapshot();
    const run = foldRun(records);
    expect(outline(run)).toMatchSnapshot();
    // Two objects on one line are both read; unknown types and blocks are kept.
    expect(run.spans[0]!.attributes!.lines).toEqual({ user: 2, assistant: 3, 'a-type-of-tomorrow': 1 });
    expect(spanNamed(run, 'All of it.').outputs).toEqual([
      { type: 'hologram', shape: 'cube' },
      { type: 'text', text: 'All of it.' },
    ]);
  });

  test('CRLF and a byte order mark change nothing', async () => {
    const text = fixture('plain.jsonl');
    const windows = `\ufeff${text.replaceAll('\n', '\r\n')}`;
    expect((await read(windows)).records).toEqual((await read(text)).records);
  });

  test('chunks of any size tell the same run, and reading twice tells nothing new', async () => {
    for (const path of ['plain.jsonl', 'interrupted.jsonl', 'sidechain.jsonl', 'compaction.jsonl']) {
      const { startEstimated: _, ...whole } = foldRun((await read(fixture(path))).records);
      for (const chunk of [100, 999, 4096])
        expect(foldRun((await read(fixture(path), { chunk })).records)).toMatchObject(whole);
      const { records } = await read(fixture(path));
      const again = foldRun([...records, ...records]);
      expect(outline(again)).toEqual(outline(whole));
      expect(again.spans.map((span) => span.events?.length)).toEqual(
        whole.spans.map((span) => span.events?.length),
      );
    }
  });

  test('a request id that some lines lack is the same call; a second request for a message is another', async () => {
    const usage = { input_tokens: 7, output_tokens: 20 };
    const run = foldRun(
      (
        await read(
          lines(
            prompt('hi'),
            assistant('msg_1', 'one', usage),
            { ...assistant('msg_1', 'two', usage), requestId: 'r1' },
            { ...assistant('msg_1', 'three', usage), requestId: 'r2' },
            { ...assistant(undefined, 'four', usage) },
            { ...assistant(undefined, 'five', usage) },
          ),
        )
      ).records,
    );
    expect(run.spans.filter((span) => span.kind === 'llm').map((span) => span.callKey)).toEqual([
      'msg_1|r1',
      'msg_1|r2',
      undefined,
      undefined,
    ]);
    expect(ledgerOf(run).usage).toMatchObject({ requests: 4, inputTokens: 28 });
  });

  test('usage that is null, absent or synthetic counts nothing; contents as plain text are texts', async () => {
    const run = foldRun(
      (
        await read(
          lines(
            prompt('hi'),
            assistant('msg_1', 'plain words', null),
            {
              ...assistant(
                'msg_2',
                'No response requested.',
                { input_tokens: 9, output_tokens: 9 },
                '<synthetic>',
              ),
            },
            {
              ...assistant('msg_3', 'Claude AI usage limit reached|1790000000', {
                input_tokens: 9,
                output_tokens: 9,
              }),
              isApiErrorMessage: true,
            },
          ),
        )
      ).records,
    );
    expect(ledgerOf(run).usage.requests).toBe(0);
    expect(spanNamed(run, 'plain words').outputs).toEqual([{ type: 'text', text: 'plain words' }]);
    expect(run.spans.find((span) => span.status === 'error' && span.kind === 'llm')).toMatchObject({
      error: { type: 'usage_limit' },
      attributes: { resets_at: 1790000000 },
    });
  });

  test('a clock that goes backwards leaves spans that start before they end', async () => {
    const back = {
      ...assistant('msg_1', [{ type: 'tool_use', id: 't', name: 'Bash', input: {} }]),
      timestamp: '2025-12-31T23:00:00.000Z',
    };
    const run = foldRun(
      (await read(lines(prompt('hi'), back, { ...result('t', 'ok'), timestamp: '2025-12-31T22:00:00.000Z' })))
        .records,
    );
    expect(run.spans.every((span) => span.endUs === undefined || span.endUs >= span.startUs)).toBe(true);
    expect(run.notes).toEqual([]);
    expect(run.startUs).toBe(Math.min(...run.spans.map((span) => span.startUs)));
  });

  test('lone surrogates, and values as deep as they come, are read', async () => {
    const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    const text = lines(
      prompt('half \ud83d of a pair'),
      assistant('msg_1', [{ type: 'tool_use', id: 't', name: 'Bash', input: { at: 'DEEP' } }]),
    );
    const { records, refusals } = await read(text.replace('"DEEP"', deep));
    expect(refusals).toEqual([]);
    expect(JSON.stringify(foldRun(records)).length).toBeGreaterThan(100);
  });

  test('a tool without a result stays open at the end of the file; a result without a call is shown', async () => {
    const torn = foldRun(
      (
        await read(
          lines(prompt('hi'), assistant('msg_1', [{ type: 'tool_use', id: 't', name: 'Bash', input: {} }])),
        )
      ).records,
    );
    expect(outline(torn)).toEqual([
      'agent Claude Code open unset',
      '  task hi open unset',
      '    llm → Bash 1s',
      '    tool Bash open unset',
    ]);
    const late = foldRun(
      (await read(lines(prompt('hi'), result('t', 'ok'), assistant('msg_1', 'fine')))).records,
    );
    expect(spanNamed(late, 'result of an earlier call').attributes).toEqual({ call_missing: true });
  });

  test('one line of many megabytes is a line like any other', async () => {
    const text = lines(prompt('x'.repeat(8 << 20)), assistant('msg_1', 'long'));
    const run = foldRun((await read(text, { chunk: 65536 })).records);
    expect(run.name.length).toBeLessThan(100);
    expect(run.task!.length).toBeLessThanOrEqual(2000);
    expect(outline(run)).toHaveLength(3);
  });

  test('whatever JSON stands in the fields, nothing fails', async () => {
    const names =
      'type subtype uuid parentUuid isSidechain agentId sessionId timestamp message toolUseResult data attachment content usage id name input tool_use_id is_error model role summary leafUuid isMeta compactMetadata error operation'.split(
        ' ',
      );
    const leaf = fc.oneof(
      fc.constantFrom(
        'user',
        'assistant',
        'system',
        'progress',
        'attachment',
        'tool_use',
        'tool_result',
        'agent_progress',
        'compact_boundary',
        '2026-01-01T00:00:00.000Z',
        'text',
        '__proto__',
        'constructor',
      ),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const { line } = fc.letrec((tie) => ({
      line: fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 8 }),
      value: fc.oneof({ depthSize: 'small' }, leaf, tie('line'), fc.array(tie('line'), { maxLength: 3 })),
    }));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.boolean(), async (values, live) => {
        const { records, refusals } = await read(lines(prompt('hi'), ...(values as object[])), { live });
        expect(refusals).toEqual([]);
        const run = foldRun(records);
        for (const span of run.spans)
          if (span.endUs !== undefined) expect(span.endUs).toBeGreaterThanOrEqual(span.startUs);
      }),
      { numRuns: 100 },
    );
  });
});

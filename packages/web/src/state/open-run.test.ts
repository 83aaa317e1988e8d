import { columnsOf } from '@tacho/trace/model/columns';
import { emptyRun } from '@tacho/trace/model/fold';
import type { RunSummary } from '@tacho/trace/model/summary';
import { encodeStructure } from '@tacho/trace/wire/structure';
import { expect, test, vi } from 'vitest';

class FakeSource {
  static last: FakeSource;
  readonly url: string;
  readonly #listeners = new Map<string, (event: unknown) => void>();
  constructor(url: string) {
    this.url = url;
    FakeSource.last = this;
  }
  addEventListener(type: string, listener: (event: unknown) => void): void {
    this.#listeners.set(type, listener);
  }
  say(type: string, data: unknown, lastEventId = ''): void {
    this.#listeners.get(type)?.({ data: JSON.stringify(data), lastEventId });
  }
  close(): void {}
}

const summary = (status: string): RunSummary => ({ runId: 'r', status }) as RunSummary;

test('a run that ends while it is being opened is over, whichever answer comes last', async () => {
  vi.stubGlobal('EventSource', FakeSource);
  const answers: ((response: Response) => void)[] = [];
  vi.stubGlobal('fetch', () => new Promise<Response>((resolve) => answers.push(resolve)));
  const { openRun, showRun } = await import('./open-run.ts');
  const { live } = await import('./live.ts');
  live().follow('e:1');
  showRun('r');
  FakeSource.last.say('runs', { sentUs: 0, runs: [summary('ok')] }, 'e:3');
  await vi.waitFor(() => expect(openRun.get()?.summary?.status).toBe('ok'));
  answers[0]!(Response.json(summary('running'), { headers: { 'tacho-live-id': 'e:2' } }));
  answers[1]!(
    new Response(encodeStructure(columnsOf(emptyRun('r'))), { headers: { 'tacho-live-id': 'e:4' } }),
  );
  await vi.waitFor(() => expect(openRun.get()?.phase).toBe('ready'));
  expect(openRun.get()?.summary?.status).toBe('ok');
  // What lies between the two answers is told once more.
  expect(new URLSearchParams(FakeSource.last.url.split('?')[1]).get('after')).toBe('e:2');
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LiveHub } from './live-hub.ts';
import { type EventSourceLike, LiveStream, olderLiveId, type StreamNews } from './live-stream.ts';

/** A server end that tests speak through. */
class FakeSource implements EventSourceLike {
  readonly url: URL;
  closed = false;
  readonly #listeners = new Map<string, (event: MessageEvent<string>) => void>();
  constructor(url: string) {
    this.url = new URL(url, 'http://tacho.test');
  }
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.#listeners.set(type, listener);
  }
  close(): void {
    this.closed = true;
  }
  say(type: string, data: object, id = ''): void {
    this.#listeners.get(type)?.({ data: JSON.stringify(data), lastEventId: id } as MessageEvent<string>);
  }
  fail(): void {
    this.#listeners.get('error')?.({} as MessageEvent<string>);
  }
  get after(): string | null {
    return this.url.searchParams.get('after');
  }
  get runs(): string[] {
    return this.url.searchParams.getAll('run');
  }
}

let sources: FakeSource[];
const open = (url: string): FakeSource => {
  const source = new FakeSource(url);
  sources.push(source);
  return source;
};
const last = (): FakeSource => sources.at(-1)!;
const types = (news: StreamNews[]): string[] =>
  news.map((item) => (item.type === 'phase' ? item.phase : item.type));

beforeEach(() => {
  vi.useFakeTimers();
  sources = [];
});
afterEach(() => {
  vi.useRealTimers();
});

it('compares ids of one server process only', () => {
  expect(olderLiveId('a:9', 'a:10')).toBe('a:9');
  expect(olderLiveId('a:10', 'a:9')).toBe('a:9');
  expect(olderLiveId('a:1', 'b:2')).toBeUndefined();
});

describe('LiveStream', () => {
  it('begins where an answer said, and resumes where it was cut off', () => {
    const news: StreamNews[] = [];
    const stream = new LiveStream(open, (item) => news.push(item));
    stream.listen(['r'], 'e:5');
    expect(last().after).toBe('e:5');
    last().say('hello', { id: 'e:8', nowUs: 0 });
    last().say('spans', { sentUs: 0, runId: 'r', rows: [] }, 'e:6');
    last().fail();
    expect(types(news)).toEqual(['clock', 'live', 'spans', 'reconnecting']);
    vi.advanceTimersByTime(1_000);
    // Not e:8, where the server stood when it said hello: e:7 and e:8 have not arrived.
    expect(last().after).toBe('e:6');
    expect(last().runs).toEqual(['r']);
    last().say('hello', { id: 'e:8', nowUs: 0 });
    expect(types(news).slice(4)).toEqual(['clock', 'live']);
  });

  it('says that everything has to be fetched again when the server cannot continue', () => {
    const news: StreamNews[] = [];
    const stream = new LiveStream(open, (item) => news.push(item));
    stream.listen([], 'e:5');
    last().say('hello', { id: 'f:2', nowUs: 0 });
    last().say('reset', { id: 'f:2' }, 'f:2');
    expect(types(news)).toContain('fresh');
    last().fail();
    vi.advanceTimersByTime(1_000);
    expect(last().after).toBe('f:2');
  });

  it('never gives up, and tries less often the longer it lasts', () => {
    const stream = new LiveStream(open, () => {});
    stream.listen([], 'e:1');
    for (let round = 0; round < 30; round++) {
      last().fail();
      vi.advanceTimersByTime(5_000);
    }
    expect(sources.length).toBe(31);
    last().fail();
    vi.advanceTimersByTime(1_000);
    expect(sources.length).toBe(31);
  });

  it('does not listen to a source it has left', () => {
    const news: StreamNews[] = [];
    const stream = new LiveStream(open, (item) => news.push(item));
    stream.listen([], 'e:1');
    const left = last();
    stream.listen(['r'], 'e:1');
    expect(left.closed).toBe(true);
    left.say('runs', { sentUs: 0, runs: [] }, 'e:2');
    left.fail();
    expect(news).toEqual([]);
    expect(sources.length).toBe(2);
  });
});

describe('LiveHub', () => {
  const rows = (hub: FakeSource, runId: string, id: string): void =>
    hub.say('spans', { sentUs: 0, runId, rows: [] }, id);

  it('is one stream for all pages, each told of its own run', () => {
    const hub = new LiveHub(open);
    const [first, second]: [StreamNews[], StreamNews[]] = [[], []];
    const askFirst = hub.join((item) => first.push(item));
    const askSecond = hub.join((item) => second.push(item));
    askFirst({ type: 'want', runId: 'a' });
    askFirst({ type: 'follow', runId: 'a', afterId: 'e:1' });
    askSecond({ type: 'want', runId: 'b' });
    askSecond({ type: 'follow', runId: 'b', afterId: 'e:3' });
    expect(last().runs).toEqual(['a', 'b']);
    // The first page may not have been told of e:2 and e:3 yet.
    expect(last().after).toBe('e:1');
    rows(last(), 'a', 'e:4');
    last().say('runs', { sentUs: 0, runs: [] }, 'e:5');
    expect(types(first)).toEqual(['connecting', 'spans', 'runs']);
    expect(types(second)).toEqual(['connecting', 'runs']);
    expect(sources.filter((source) => !source.closed).length).toBe(1);
  });

  it('begins with the older of two answers that overtake each other', () => {
    const hub = new LiveHub(open);
    const ask = hub.join(() => {});
    ask({ type: 'want', runId: 'a' });
    ask({ type: 'follow', runId: undefined, afterId: 'e:8' });
    ask({ type: 'follow', runId: 'a', afterId: 'e:5' });
    expect(last().after).toBe('e:5');
    expect(last().runs).toEqual(['a']);
  });

  it('goes back when the older answer, a list, comes last', () => {
    const hub = new LiveHub(open);
    const ask = hub.join(() => {});
    ask({ type: 'want', runId: 'a' });
    ask({ type: 'follow', runId: 'a', afterId: 'e:8' });
    ask({ type: 'follow', runId: undefined, afterId: 'e:5' });
    expect(last().after).toBe('e:5');
    expect(last().runs).toEqual(['a']);
  });

  it('stays connected when an answer brings nothing new', () => {
    const hub = new LiveHub(open);
    const ask = hub.join(() => {});
    ask({ type: 'follow', runId: undefined, afterId: 'e:5' });
    ask({ type: 'follow', runId: undefined, afterId: 'e:9' });
    expect(sources.length).toBe(1);
  });

  it('goes back for a page that joined after messages which its answer does not have', () => {
    const hub = new LiveHub(open);
    hub.join(() => {})({ type: 'follow', runId: undefined, afterId: 'e:5' });
    last().say('runs', { sentUs: 0, runs: [] }, 'e:9');
    const late = hub.join(() => {});
    late({ type: 'follow', runId: undefined, afterId: 'e:7' });
    expect(sources.length).toBe(2);
    expect(last().after).toBe('e:7');
    late({ type: 'follow', runId: undefined, afterId: 'e:8' });
    expect(sources.length).toBe(2);
  });

  it('drops a run some time after the last page has left it', () => {
    const hub = new LiveHub(open);
    const ask = hub.join(() => {});
    ask({ type: 'want', runId: 'a' });
    ask({ type: 'follow', runId: 'a', afterId: 'e:5' });
    ask({ type: 'want', runId: undefined });
    expect(last().runs).toEqual(['a']);
    vi.advanceTimersByTime(6_000);
    expect(last().runs).toEqual([]);
    expect(last().after).toBe('e:5');
  });

  it('ignores the structure of a run that the page has left meanwhile', () => {
    const hub = new LiveHub(open);
    const ask = hub.join(() => {});
    ask({ type: 'want', runId: 'b' });
    ask({ type: 'follow', runId: 'a', afterId: 'e:5' });
    expect(sources.length).toBe(0);
  });
});

import { type EventSourceLike, LiveStream, olderLiveId, type StreamNews } from './live-stream.ts';

/** What a page asks of the hub. */
export type HubRequest =
  /** The run whose spans the page wants, or none. Sent before its structure is fetched, so that nothing falls between. */
  | { type: 'want'; runId: string | undefined }
  /** An answer arrived, the structure of `runId` or a list: listen from its id on. */
  | { type: 'follow'; runId: string | undefined; afterId: string | undefined }
  | { type: 'retry' }
  | { type: 'leave' };

type Page = {
  tell: (news: StreamNews) => void;
  runId: string | undefined;
  following: boolean;
  /** Everything after this id has been or will be told to this page: one that joins late has not heard what others have. */
  sinceId: string | undefined;
};

/** A run nobody looks at any more stays in the stream for this long: going back and forth does not reconnect. */
const LINGER_MS = 5_000;

/** One live stream for many pages: in a SharedWorker for all tabs, or in the page itself where there is none. */
export class LiveHub {
  readonly #stream: LiveStream;
  readonly #pages = new Set<Page>();
  #offsetUs: number | undefined;
  #started = false;
  #linger: ReturnType<typeof setTimeout> | undefined;

  constructor(open: (url: string) => EventSourceLike) {
    this.#stream = new LiveStream(open, (news) => this.#spread(news));
  }

  /** Adds a page; returns the function through which it asks. */
  join(tell: (news: StreamNews) => void): (request: HubRequest) => void {
    const page: Page = { tell, runId: undefined, following: false, sinceId: this.#stream.lastId };
    this.#pages.add(page);
    tell({ type: 'phase', phase: this.#stream.phase });
    if (this.#offsetUs !== undefined) tell({ type: 'clock', offsetUs: this.#offsetUs });
    return (request) => this.#answer(page, request);
  }

  #answer(page: Page, request: HubRequest): void {
    switch (request.type) {
      case 'want':
        page.runId = request.runId;
        page.following = false;
        this.#prune();
        return;
      case 'follow':
        this.#follow(page, request.runId, request.afterId);
        return;
      case 'retry':
        if (this.#started) this.#stream.retry();
        return;
      case 'leave':
        this.#pages.delete(page);
        this.#prune();
        return;
    }
  }

  #follow(page: Page, runId: string | undefined, afterId: string | undefined): void {
    if (runId !== undefined && runId !== page.runId) return;
    if (runId !== undefined) page.following = true;
    const newRun = runId !== undefined && !this.#stream.runs.includes(runId);
    // Two answers may overtake each other: the stream has to begin with the older one.
    const { sinceId } = page;
    const before =
      afterId !== undefined &&
      sinceId !== afterId &&
      (sinceId === undefined || olderLiveId(afterId, sinceId) !== sinceId);
    if (this.#started && !newRun && !before) return;
    this.#started = true;
    if (before) page.sinceId = afterId;
    this.#stream.listen(this.#followed(), afterId);
  }

  #followed(): string[] {
    const runs = new Set<string>();
    for (const page of this.#pages) if (page.following && page.runId !== undefined) runs.add(page.runId);
    return [...runs];
  }

  /** Leaves out, after a while, the runs that no page wants. */
  #prune(): void {
    clearTimeout(this.#linger);
    if (!this.#started) return;
    this.#linger = setTimeout(() => {
      const followed = this.#followed();
      if (this.#stream.runs.some((runId) => !followed.includes(runId)))
        this.#stream.listen(followed, undefined);
    }, LINGER_MS);
  }

  #spread(news: StreamNews): void {
    if (news.type === 'clock') this.#offsetUs = news.offsetUs;
    for (const page of this.#pages) {
      if (news.type !== 'spans' || news.data.runId === page.runId) page.tell(news);
    }
  }
}

/**
 * A promise that keeps the process alive only if somebody waits for it. `await` on a promise that nothing else holds would
 * end Node with "unsettled top-level await"; one that nobody awaits must not hold it at all.
 */
class Awaited extends Promise<undefined> {
  /** Promises made by `then` are ordinary ones. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  onAwait: (() => void) | undefined;

  // biome-ignore lint/suspicious/noThenProperty: being waited for is what this class is about
  override then<Kept = undefined, Caught = never>(
    onKept?: ((value: undefined) => Kept | PromiseLike<Kept>) | null,
    onBroken?: ((reason: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Kept | Caught> {
    this.onAwait?.();
    this.onAwait = undefined;
    return super.then(onKept, onBroken);
  }
}

/** `work`, held by `keepAlive` from the moment somebody waits for it until it is done. */
export function heldWhileAwaited(work: Promise<void>, keepAlive: () => () => void): Promise<void> {
  let done = false;
  const awaited = new Awaited((resolve) => {
    const finish = (): void => {
      done = true;
      resolve(undefined);
    };
    work.then(finish, finish);
  });
  awaited.onAwait = () => {
    if (done) return;
    const release = keepAlive();
    work.then(release, release);
  };
  return awaited;
}

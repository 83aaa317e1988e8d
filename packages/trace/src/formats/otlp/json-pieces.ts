import { type JsonObject, type JsonValue, putField } from '../../model/json.ts';
import { BELOW, type Level, leadsDown, usualList } from './json-levels.ts';

/** An open object: what it has beside its lists, and the copy of it that is in the piece. */
type Frame = {
  readonly level: Level;
  readonly members: JsonObject;
  node: JsonObject;
  /** The list whose elements come; undefined between members. */
  list: string | undefined;
};

/**
 * Cuts a request of any length into requests of few spans, each with the resource and scope that they stand under: what
 * is read of a document piece by piece goes in, in its order, and `take` gives what came in so far.
 */
export class RequestPieces {
  readonly #frames: Frame[] = [];
  /** Spans and logs in the piece. */
  count = 0;

  get depth(): number {
    return this.#frames.length;
  }

  /** Whether elements of a list come, and not members of an object. */
  get inList(): boolean {
    return this.#top?.list !== undefined;
  }

  /** Whether the elements of the open list are spans or logs. */
  get atLeaves(): boolean {
    return this.#top?.level === 'scope' && this.inList;
  }

  /** The level of the innermost open object. */
  get level(): Level {
    return this.#top?.level ?? 'request';
  }

  get #top(): Frame | undefined {
    return this.#frames.at(-1);
  }

  /** An object begins: the request itself, or an element of the open list. */
  begin(): void {
    const above = this.#top;
    const node: JsonObject = {};
    if (above) listOf(above).push(node);
    const level = above ? BELOW[above.level]! : 'request';
    this.#frames.push({ level, members: {}, node, list: undefined });
  }

  /** Whether the member of this name is a list to go down into. */
  leadsDown(key: string): boolean {
    return leadsDown(this.level, key);
  }

  beginList(key: string): void {
    this.#top!.list = key;
  }

  endList(): void {
    this.#top!.list = undefined;
  }

  member(key: string, value: JsonValue): void {
    const { members, node } = this.#top!;
    putField(members, key, value);
    putField(node, key, value);
  }

  /** A span or log: an element of the open list. */
  leaf(value: JsonValue): void {
    listOf(this.#top!).push(value);
    this.count++;
  }

  /** The innermost object ends. The request itself stays until it is taken. */
  end(): void {
    if (this.#frames.length > 1) this.#frames.pop();
  }

  /** Behind damage: what comes is an element of this level's lists, whatever was open. */
  goTo(level: Level): void {
    while (this.#frames.length > 1 && depthOf(this.#top!.level) > depthOf(level)) this.#frames.pop();
    if (this.#frames.length === 0) this.begin();
    for (;;) {
      const top = this.#top!;
      top.list ??= usualList(top.level);
      if (top.level === level) return;
      this.begin();
    }
  }

  /** The piece so far. What is open stays open, and goes on in the next one. */
  take(): JsonObject {
    const taken = this.#frames[0]?.node ?? {};
    this.count = 0;
    let above: Frame | undefined;
    for (const frame of this.#frames) {
      frame.node = { ...frame.members };
      if (above) listOf(above).push(frame.node);
      above = frame;
    }
    return taken;
  }
}

function depthOf(level: Level): number {
  return level === 'request' ? 0 : level === 'resource' ? 1 : 2;
}

/** The list of the piece into which elements of the frame's open list go. */
function listOf({ node, list }: Frame): JsonValue[] {
  const known = node[list!];
  if (Array.isArray(known)) return known;
  const made: JsonValue[] = [];
  node[list!] = made;
  return made;
}

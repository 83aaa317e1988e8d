import {
  type Alias,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';

/** Counted from 1. */
export type Place = { line: number; column: number };
export type YamlField = { key: string; place: Place; value: unknown };

/** A YAML text whose values know where they stand. Aliases and merges (`<<`) are followed one step at a time, when asked. */
export class YamlPlaces {
  readonly root: unknown;
  /** What keeps it from being YAML. */
  readonly errors: readonly (Place & { message: string })[];
  readonly #lines = new LineCounter();
  readonly #targets = new Map<Alias, Node>();

  constructor(text: string) {
    const document = parseDocument(text, {
      lineCounter: this.#lines,
      // Repeated names are told by who reads them, together with the place of the first.
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
    this.root = document.contents;
    this.errors = document.errors.map(({ message, pos }) => ({ ...this.#at(pos[0]), message }));
    const anchors = new Map<string, Node>();
    visit(document, (_, node) => {
      if (isAlias(node)) {
        const target = anchors.get(node.source);
        if (target) this.#targets.set(node, target);
      } else if (isNode(node) && 'anchor' in node && node.anchor) anchors.set(node.anchor, node);
    });
  }

  /** The fields of a mapping, merged ones after its own; undefined where the value is none. Repeated names come repeatedly. */
  fields(value: unknown): YamlField[] | undefined {
    const map = this.#resolved(value);
    if (!isMap(map)) return undefined;
    const fields: YamlField[] = [];
    const merged: YamlField[] = [];
    for (const { key, value: item } of map.items) {
      const name = isScalar(key) ? String(key.value) : '';
      if (name === '<<') merged.push(...this.#merged(item));
      else fields.push({ key: name, place: this.placeOf(key), value: item });
    }
    const own = new Set(fields.map(({ key }) => key));
    for (const field of merged) {
      if (own.has(field.key)) continue;
      own.add(field.key);
      fields.push(field);
    }
    return fields;
  }

  /** The fields of what is merged in, and no further. */
  #merged(value: unknown): YamlField[] {
    const sources = this.items(value) ?? [value];
    return sources.flatMap((source) => {
      const map = this.#resolved(source);
      if (!isMap(map)) return [];
      return map.items.map(({ key, value: item }) => ({
        key: isScalar(key) ? String(key.value) : '',
        place: this.placeOf(key),
        value: item,
      }));
    });
  }

  /** The items of a list; undefined where the value is none. */
  items(value: unknown): readonly unknown[] | undefined {
    const list = this.#resolved(value);
    return isSeq(list) ? list.items : undefined;
  }

  /** A text, number, truth value or null; undefined for anything with parts. */
  scalar(value: unknown): unknown {
    const node = this.#resolved(value);
    if (node === null) return null;
    return isScalar(node) ? node.value : undefined;
  }

  placeOf(node: unknown): Place {
    return this.#at(isNode(node) && node.range ? node.range[0] : 0);
  }

  #resolved(value: unknown): unknown {
    return isAlias(value) ? this.#targets.get(value) : value;
  }

  #at(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    // An empty text has no lines.
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

import { ColumnBuilder, emptyColumns, type SpanColumns } from '../model/columns.ts';
import type { StageUse } from '../model/stage-use.ts';

/**
 * The structure of a run as bytes: a JSON head, then every column as variable-length integers. Starts are differences to
 * the span before, ends are durations, cost is in nano-dollars: small numbers, which gzip then makes smaller
 * (bench/structure measures bytes per span).
 *
 * Layout: uint32 head length (little-endian), head as UTF-8 JSON `{version, count, strings, stageUse, heardUs}`, columns in COLUMNS
 * order. `stageUse` is pairs of a span's number and what it used, `heardUs` of one and when it was heard of last.
 */
const VERSION = 1;

/** Absent (an open end, an unknown cost) is 0; everything else is stored plus one. */
type Column = {
  read(columns: SpanColumns, no: number): number;
  write(columns: SpanColumns, no: number, value: number): void;
};

const NANO = 1e9;
const absent = (value: number): number => (Number.isNaN(value) ? 0 : value + 1);
const present = (value: number): number => (value === 0 ? Number.NaN : value - 1);

const plain = (
  name:
    | 'toolUses'
    | 'name'
    | 'role'
    | 'lane'
    | 'model'
    | 'tool'
    | 'error'
    | 'kind'
    | 'status'
    | 'flags'
    | 'tokens',
): Column => ({
  read: (columns, no) => columns[name][no]!,
  write: (columns, no, value) => {
    columns[name][no] = value;
  },
});

const zigzag = (value: number): number => (value < 0 ? -value * 2 - 1 : value * 2);
const zagzig = (value: number): number => (value % 2 === 1 ? -(value + 1) / 2 : value / 2);

const COLUMNS: readonly Column[] = [
  {
    read: (columns, no) => zigzag(columns.startUs[no]! - (no === 0 ? 0 : columns.startUs[no - 1]!)),
    write: (columns, no, value) => {
      columns.startUs[no] = zagzig(value) + (no === 0 ? 0 : columns.startUs[no - 1]!);
    },
  },
  {
    read: (columns, no) => absent(Math.max(0, columns.endUs[no]! - columns.startUs[no]!)),
    write: (columns, no, value) => {
      columns.endUs[no] = columns.startUs[no]! + present(value);
    },
  },
  {
    read: (columns, no) => absent(Math.max(0, columns.firstTokenUs[no]! - columns.startUs[no]!)),
    write: (columns, no, value) => {
      columns.firstTokenUs[no] = columns.startUs[no]! + present(value);
    },
  },
  {
    // Distance to the parent: mostly small, since parents are known before their children.
    read: (columns, no) =>
      zigzag(columns.parent[no]! < 0 ? no - columns.parent[no]! : no - columns.parent[no]!),
    write: (columns, no, value) => {
      columns.parent[no] = no - zagzig(value);
    },
  },
  {
    read: (columns, no) => absent(Math.round(columns.costUsd[no]! * NANO)),
    write: (columns, no, value) => {
      columns.costUsd[no] = present(value) / NANO;
    },
  },
  plain('tokens'),
  plain('toolUses'),
  plain('name'),
  plain('role'),
  plain('lane'),
  plain('model'),
  plain('tool'),
  plain('error'),
  plain('kind'),
  plain('status'),
  plain('flags'),
];

export function encodeStructure(columns: SpanColumns): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(
    JSON.stringify({
      version: VERSION,
      count: columns.count,
      strings: columns.strings,
      stageUse: [...columns.stageUse],
      heardUs: [...columns.heardUs],
    }),
  );
  let bytes = new Uint8Array(4 + head.length + columns.count * COLUMNS.length * 2 + 64);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  let at = 4 + head.length;
  for (const column of COLUMNS) {
    for (let no = 0; no < columns.count; no++) {
      if (at + 10 > bytes.length) {
        const grown = new Uint8Array(bytes.length * 2);
        grown.set(bytes);
        bytes = grown;
      }
      // Whatever stands there, writing it ends.
      let rest = Math.min(column.read(columns, no), Number.MAX_SAFE_INTEGER);
      // Not with shifts: those have 32 bits, times have 53.
      while (rest >= 128) {
        bytes[at++] = (rest % 128) | 128;
        rest = Math.floor(rest / 128);
      }
      bytes[at++] = rest;
    }
  }
  return bytes.slice(0, at);
}

/** Throws when the bytes are no structure of this version. */
export function decodeStructure(bytes: Uint8Array): ColumnBuilder {
  const headLength = bytes.length < 4 ? 0 : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (headLength === 0 || headLength > bytes.length - 4)
    throw new Error('The structure of the run is cut off: its head is missing.');
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headLength))) as {
    version: number;
    count: number;
    strings: string[];
    stageUse: [no: number, use: StageUse][];
    heardUs: [no: number, us: number][];
  };
  if (head.version !== VERSION)
    throw new Error(`The structure has version ${head.version}; this page reads ${VERSION}. Reload it.`);
  const columns = {
    ...emptyColumns(Math.max(64, head.count)),
    count: head.count,
    strings: head.strings,
    stageUse: new Map(head.stageUse),
    heardUs: new Map(head.heardUs),
  };
  let at = 4 + headLength;
  for (const column of COLUMNS) {
    for (let no = 0; no < head.count; no++) {
      let value = 0;
      let scale = 1;
      let byte = bytes[at++]!;
      while (byte >= 128) {
        value += (byte - 128) * scale;
        scale *= 128;
        byte = bytes[at++]!;
      }
      column.write(columns, no, value + byte * scale);
    }
  }
  if (at !== bytes.length) throw new Error('The structure of the run is cut off: load it again.');
  return new ColumnBuilder(columns);
}

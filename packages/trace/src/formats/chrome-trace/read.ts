import { isObject } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Input, Refusal } from '../format.ts';
import { type DocumentPart, readJsonDocument } from '../json-document.ts';
import { CUT_OFF } from '../lines.ts';
import { TraceFile } from './trace-file.ts';

/** Lists that are read element by element: the events, in an object or by themselves, and a profiler's samples. */
const LISTS = ['traceEvents', '', 'samples'];

/** Records of a trace: one run a document, whatever its processes. */
export async function* readChromeTrace(
  input: Input,
): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  const reader = new Reader(input);
  const watched: Input = { ...input, refuse: (refusal) => reader.refuse(refusal) };
  for await (const parts of readJsonDocument(watched, LISTS)) {
    for (const part of parts) reader.take(part);
    const records = reader.records();
    if (records.length > 0) yield records;
  }
  reader.end();
  const records = reader.records();
  if (records.length > 0) yield records;
}

class Reader {
  readonly #input: Input;
  #file: TraceFile | undefined;
  #document = -1;
  /** Records of documents that are over. */
  #ready: TraceRecord[][] = [];
  /** Lists of events need no closing bracket: programs that crash leave them so, and some never write it. */
  #isList = false;
  #torn = false;
  #heldBack: Refusal | undefined;
  /** Where the value stands in which the source ends. */
  #tornAt: number | undefined;

  constructor(input: Input) {
    this.#input = input;
  }

  /** What the document refuses. Parts that were read before it are still to come: whose it is shows at the end. */
  refuse(refusal: Refusal): void {
    const cutOff = refusal.reason === CUT_OFF;
    if (cutOff) this.#torn = true;
    const between = (refusal.text ?? '') === '';
    if (cutOff && between) this.#heldBack = refusal;
    else this.#input.refuse(refusal);
    if (cutOff && !between) this.#tornAt = refusal.offset;
  }

  take({ document, key, index, value, place, mended }: DocumentPart): void {
    if (document !== this.#document) this.#finish(false);
    this.#document = document;
    this.#file ??= new TraceFile(this.#input.name, (reason, at) => this.#input.refuse({ ...at, reason }));
    if (key === '') this.#isList = index !== undefined;
    if (index === undefined && key !== '') this.#file.member(key, value, place, mended === true);
    else if (key === 'samples') this.#file.sample();
    // Half an event is another event: a duration may have lost its last digits. It was refused.
    else if (mended === true && place.offset === this.#tornAt) return;
    else if (isObject(value)) this.#file.event(value, place, mended === true);
    else this.#input.refuse({ ...place, reason: 'expected an event, an object with "ph" and "ts"' });
  }

  #finish(torn: boolean): void {
    if (this.#file) this.#ready.push(this.#file.end(torn));
    this.#file = undefined;
  }

  end(): void {
    if (this.#heldBack && !this.#isList) this.#input.refuse(this.#heldBack);
    this.#finish(this.#torn);
  }

  /** The records that are ready. */
  records(): TraceRecord[] {
    const ready = this.#ready.flat();
    this.#ready = [];
    const due = this.#file?.take() ?? [];
    return ready.length === 0 ? due : ready.concat(due);
  }
}

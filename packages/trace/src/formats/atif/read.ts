import { isObject, type JsonValue } from '../../model/json.ts';
import type { TraceRecord } from '../../model/record.ts';
import type { Input } from '../format.ts';
import { type DocumentPart, readJsonDocument } from '../json-document.ts';
import { isChatExport, isVersion } from './detect.ts';
import { TrajectoryFile } from './trajectory-file.ts';

const CHAT_EXPORT =
  'an export of conversations for training, which has neither steps nor tokens: the trajectory that it was made from lies beside it';

/** Records of a trajectory, read step by step. */
export async function* read(input: Input): AsyncGenerator<readonly TraceRecord[], void, undefined> {
  const reader = new Reader(input);
  const watched: Input = { ...input, refuse: (refusal) => reader.refuse(refusal) };
  for await (const parts of readJsonDocument(watched, ['steps', 'subagent_trajectories', ''])) {
    for (const part of parts) reader.take(part);
    yield* reader.records();
  }
  reader.end();
  yield* reader.records();
}

class Reader {
  readonly #input: Input;
  #file: TrajectoryFile | undefined;
  #document = -1;
  #records: TraceRecord[] = [];
  #torn = false;
  #refusedList = false;

  constructor(input: Input) {
    this.#input = input;
  }

  refuse(refusal: Parameters<Input['refuse']>[0]): void {
    // Whatever is broken may have been the trajectory's end; it is told of before the parts around it.
    this.#torn = true;
    this.#input.refuse(refusal);
  }

  take({ document, key, index, value, place, mended }: DocumentPart): void {
    if (document !== this.#document) this.end();
    this.#document = document;
    if (mended) this.#torn = true;
    const reason = key === '' ? this.#problemOf(value) : undefined;
    if (reason !== undefined) this.#input.refuse({ ...place, reason });
    if (key === '') return;
    this.#file ??= new TrajectoryFile(this.#input.name, this.#input.runId);
    const file = this.#file;
    if (file.foreign) return;
    if (key === 'schema_version' && !isVersion(value)) {
      file.foreign = true;
      this.#input.refuse({
        ...place,
        reason: `the schema_version is ${JSON.stringify(value)?.slice(0, 60)}, expected "ATIF-v1.0" to "ATIF-v1.7"`,
      });
    } else if (index === undefined) file.member(key, value as JsonValue);
    else if (!isObject(value)) this.#input.refuse({ ...place, reason: `an entry of "${key}" is no object` });
    else if (key === 'steps')
      file.step(value, index, mended === true, (reason) => this.#input.refuse({ ...place, reason }));
    else file.embed(value, mended === true);
  }

  /** Top-level lists are no trajectories: said once. */
  #problemOf(value: unknown): string | undefined {
    if (this.#refusedList) return undefined;
    this.#refusedList = true;
    return isObject(value) && isChatExport(value)
      ? CHAT_EXPORT
      : 'expected a trajectory: an object with "schema_version", "agent" and "steps"';
  }

  end(): void {
    this.#file?.end(this.#torn);
    this.#keep();
    this.#file = undefined;
  }

  #keep(): void {
    for (const record of this.#file?.take() ?? []) this.#records.push(record);
  }

  *records(): Generator<readonly TraceRecord[], void, undefined> {
    this.#keep();
    if (this.#records.length === 0) return;
    const records = this.#records;
    this.#records = [];
    yield records;
  }
}

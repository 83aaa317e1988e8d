import { asNumber, asString, type JsonObject } from '../../model/json.ts';
import type { Lane } from './lane.ts';
import { keyOf, type ReadEvent } from './trace-event.ts';

/** Processes and threads whose names are kept. */
const MOST_NAMES = 10_000;
/** Lanes that are listed in the run's attributes. */
const MOST_LISTED = 200;

type Names = { pid: string; tid?: string; name?: string; labels?: string; sort_index?: number };

/** What metadata events say of processes and threads, and what the lanes are called by it. */
export class LaneNames {
  readonly #names = new Map<string, Names>();
  readonly #labels = new Map<string, string>();
  /** The first process: a trace of one does not name it in every lane. */
  #firstPid: string | undefined;

  /** A thread of a process was seen. */
  seen(pid: string): void {
    this.#firstPid ??= pid;
  }

  /** Takes a metadata event. False when it says something else. */
  take(event: ReadEvent): boolean {
    const { name: word, pid, tid, args } = event;
    const [subject, fact] = word.split(/_(.*)/s);
    if ((subject !== 'process' && subject !== 'thread') || !fact) return false;
    const names = this.#of(pid, subject === 'thread' ? tid : undefined);
    if (fact === 'name') names.name = asString(args.name) ?? names.name ?? '';
    else if (fact === 'labels') names.labels = asString(args.labels) ?? '';
    else if (fact === 'sort_index') {
      const index = asNumber(args.sort_index);
      if (index !== undefined) names.sort_index = index;
    } else return false;
    return true;
  }

  #of(pid: string, tid: string | undefined): Names {
    const key = keyOf(pid, tid ?? '');
    const known = this.#names.get(key);
    if (known !== undefined) return known;
    const names: Names = { pid, ...(tid !== undefined && { tid }) };
    if (this.#names.size < MOST_NAMES) this.#names.set(key, names);
    return names;
  }

  /** The lane's name, once and for all. Two threads never share one. */
  labelOf(lane: Lane): string {
    lane.label ??= this.#newLabel(lane);
    return lane.label;
  }

  #newLabel({ first: { pid, tid, cat, name }, isAsync }: Lane): string {
    const process = this.#names.get(keyOf(pid, ''))?.name || (pid === this.#firstPid ? '' : `process ${pid}`);
    const thread = this.#names.get(keyOf(pid, tid))?.name || `thread ${tid}`;
    const own = isAsync ? `async ${cat || name}` : thread;
    const label = process === '' || process === own ? own : `${process} · ${own}`;
    // What has an id goes side by side in one lane; a thread has one to itself.
    const whose = isAsync ? 'async' : keyOf(pid, tid);
    const owner = this.#labels.get(label);
    if (owner === undefined && this.#labels.size < MOST_NAMES) this.#labels.set(label, whose);
    return owner === undefined || owner === whose ? label : `${label} (${pid}:${tid})`;
  }

  /** What was said of processes and threads, as an attribute of the run. */
  attributes(): JsonObject {
    const said = [...this.#names.values()];
    if (said.length === 0) return {};
    return {
      lanes: said.slice(0, MOST_LISTED).map((names) => ({ ...names })),
      ...(said.length > MOST_LISTED && { further_lanes: said.length - MOST_LISTED }),
    };
  }
}

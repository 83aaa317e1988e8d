import { kindCode, type SpanColumns, statusCode, textAt } from '../model/columns.ts';
import { isOpen } from './extent.ts';
import type { SpanTree } from './tree.ts';

const TOOL = kindCode('tool');
const ERROR = statusCode('error');

/** The same call again and again: `times` calls, of which `last` is the newest. */
export type Loop = { first: number; last: number; times: number };
/** Tries that failed, and the try after them. */
export type Retry = { failed: number[]; last: number };

/** Fewer repetitions are work: reading eight files is no loop. A name that carries its argument repeats sooner. */
const LOOP_PLAIN = 25;
const LOOP_WITH_ARGUMENT = 8;

/** Names of tools through MCP servers have some forty characters. */
const LONGEST_TOOL_NAME = 200;

/**
 * Runs of the same tool with the same name under one parent, one after another. Model calls between them do not
 * interrupt (an agent in a circle asks its model each time), other tools do; calls side by side are a fan-out, not a loop.
 */
export function loopsOf(columns: SpanColumns, tree: SpanTree): Loop[] {
  const loops: Loop[] = [];
  /** The run of equal calls that goes on under each parent. */
  const current = new Map<number, Loop>();
  const close = (loop: Loop | undefined): void => {
    if (loop === undefined) return;
    const least = namesOnlyTool(columns, loop.last) ? LOOP_PLAIN : LOOP_WITH_ARGUMENT;
    if (loop.times >= least) loops.push(loop);
  };
  for (const no of tree.order) {
    const up = tree.parent[no]!;
    if (up < 0 || columns.kind[no] !== TOOL) continue;
    const loop = current.get(up);
    if (loop && isSame(columns, loop.last, no) && isAfter(columns, loop.last, no)) {
      loop.last = no;
      loop.times++;
      continue;
    }
    close(loop);
    current.set(up, { first: no, last: no, times: 1 });
  }
  for (const loop of current.values()) close(loop);
  return loops;
}

/**
 * Tries after an error: the very next sibling is the same call and starts when the failed one is over. With anything
 * between (a model that thinks, say) it is a new attempt of the agent, not a retry.
 */
export function retriesOf(columns: SpanColumns, tree: SpanTree): Retry[] {
  const retries: Retry[] = [];
  const previous = new Int32Array(columns.count).fill(-1);
  const current = new Map<number, Retry>();
  for (const no of tree.order) {
    const up = tree.parent[no]!;
    if (up < 0) continue;
    const before = previous[up]!;
    previous[up] = no;
    if (
      before < 0 ||
      columns.status[before] !== ERROR ||
      !isSame(columns, before, no) ||
      !isAfter(columns, before, no)
    ) {
      if (current.size > 0) current.delete(up);
      continue;
    }
    const known = current.get(up);
    if (known) {
      known.failed.push(before);
      known.last = no;
    } else {
      const retry = { failed: [before], last: no };
      retries.push(retry);
      current.set(up, retry);
    }
  }
  return retries;
}

/** Whether a span's name says no more than which tool it is: `sourcegraph search` for `mcp__sourcegraph__search`. */
function namesOnlyTool(columns: SpanColumns, no: number): boolean {
  const tool = textAt(columns, 'tool', no).toLowerCase();
  // Many words say more than the tool, and telling words apart takes time.
  if (textAt(columns, 'name', no).length > LONGEST_TOOL_NAME) return false;
  const words = textAt(columns, 'name', no)
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return tool === '' || words.every((word) => tool.includes(word));
}

function isSame(columns: SpanColumns, a: number, b: number): boolean {
  return (
    columns.name[a] === columns.name[b] &&
    columns.tool[a] === columns.tool[b] &&
    columns.kind[a] === columns.kind[b] &&
    columns.name[a] !== 0
  );
}

function isAfter(columns: SpanColumns, before: number, no: number): boolean {
  return !isOpen(columns, before) && columns.startUs[no]! >= columns.endUs[before]!;
}

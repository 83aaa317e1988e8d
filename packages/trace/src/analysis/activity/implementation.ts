import type { Action } from './actions.ts';
import type { Cycle } from './build-test.ts';
import { type LineChange, lineChangeOf, replacementsIn, wholeTextIn } from './line-changes.ts';

/** How a run edited. */
export type Implementation = {
  /** Calls that write what the agent made up, failed ones among them. */
  edits: number;
  /** Edits that succeeded, of those whose outcome is known; null when none is. */
  successRate: number | null;
  /** Of edits that did not fail and say their lines; null when there are edits and none says. */
  lines: (LineChange & { modified: number }) | null;
  /** Edits that did not fail and do not say how many lines they changed. */
  editsOfUnknownLines: number;
  /** Edits that put back what an earlier one had replaced, and git's ways to do so. */
  reverts: number;
  /** Times that an edit was followed by a failing test or build, and that by another edit. */
  trialAndError: number;
  /** Files that were edited once, successfully, and not again. */
  targetedEdits: number;
};

export function implementationOf(actions: readonly Action[], cycles: readonly Cycle[]): Implementation {
  const edits = actions.filter((action) => action.edits);
  const done = edits.filter(({ ok }) => ok !== false);
  const known = edits.filter(({ ok }) => ok !== undefined);
  const { lines, unknown, restored } = changesOf(actions);
  return {
    edits: edits.length,
    successRate: known.length === 0 ? null : known.filter(({ ok }) => ok).length / known.length,
    lines: done.length > 0 && unknown === done.length ? null : lines,
    editsOfUnknownLines: unknown,
    reverts: restored,
    trialAndError: trialsIn(actions, cycles),
    targetedEdits: targetedIn(edits),
  };
}

/** Goes through the edits with what is known of each file's text. */
function changesOf(actions: readonly Action[]): {
  lines: LineChange & { modified: number };
  unknown: number;
  restored: number;
} {
  const lines = { added: 0, removed: 0, modified: 0 };
  let unknown = 0;
  let restored = 0;
  const seen = new Set<string>();
  const texts = new Map<string, string>();
  const history = new Map<string, EditHistory>();
  for (const action of actions) {
    if (action.ok === false) continue;
    const { edits, reads, writes, shell, span, reverts } = action;
    if (reverts) restored++;
    if (edits) {
      const [file = ''] = writes;
      // Whoever writes a file that nobody has looked at makes it, as far as anyone can see.
      const before = texts.get(file) ?? (seen.has(file) || file === '' ? undefined : '');
      const change =
        shell === undefined
          ? lineChangeOf(span, before)
          : shell.linesWritten !== undefined && writes.length === 1
            ? { added: shell.linesWritten, removed: 0 }
            : undefined;
      if (change === undefined) unknown++;
      else {
        lines.added += change.added;
        lines.removed += change.removed;
        lines.modified += Math.min(change.added, change.removed);
      }
      const past = history.get(file) ?? new EditHistory();
      history.set(file, past);
      if (past.restores(action) && !reverts) restored++;
      const whole = shell === undefined ? wholeTextIn(span.inputs) : undefined;
      if (whole === undefined) texts.delete(file);
      else texts.set(file, whole);
    }
    for (const file of [...reads, ...writes]) seen.add(file);
  }
  return { lines, unknown, restored };
}

/** What was replaced in one file, to see when it comes back. */
class EditHistory {
  /** The new text, and the old texts that it took the place of. */
  readonly #replaced = new Map<string, Set<string>>();
  readonly #wholes = new Set<string>();
  #last: string | undefined;

  /** Takes an edit in; true when it puts back what stood there before. */
  restores({ shell, span }: Action): boolean {
    if (shell !== undefined) return false;
    const whole = wholeTextIn(span.inputs);
    if (whole !== undefined) {
      const back = this.#wholes.has(whole) && whole !== this.#last;
      this.#wholes.add(whole);
      this.#last = whole;
      return back;
    }
    const replacements = replacementsIn(span.inputs).filter(
      ({ old, new: made }) => old !== made && old !== '',
    );
    const back =
      replacements.length > 0 &&
      replacements.every(({ old, new: made }) => this.#replaced.get(old)?.has(made) === true);
    for (const { old, new: made } of replacements) {
      const olds = this.#replaced.get(made);
      if (olds) olds.add(old);
      else this.#replaced.set(made, new Set([old]));
    }
    return back;
  }
}

function trialsIn(actions: readonly Action[], cycles: readonly Cycle[]): number {
  const failed = new Set(
    cycles.filter(({ result }) => result === 'fail' || result === 'error').map(({ call }) => call),
  );
  let trials = 0;
  let step: 'none' | 'edited' | 'failed' = 'none';
  for (const action of actions) {
    if (action.edits && action.ok !== false) {
      if (step === 'failed') trials++;
      step = 'edited';
    }
    if (action.tests || action.builds) step = failed.has(action) && step !== 'none' ? 'failed' : 'none';
  }
  return trials;
}

function targetedIn(edits: readonly Action[]): number {
  const tries = new Map<string, { count: number; ok: boolean }>();
  for (const { writes, ok } of edits)
    for (const file of writes) tries.set(file, { count: (tries.get(file)?.count ?? 0) + 1, ok: ok === true });
  return [...tries.values()].filter(({ count, ok }) => count === 1 && ok).length;
}

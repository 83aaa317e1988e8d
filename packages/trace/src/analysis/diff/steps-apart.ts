import type { Run } from '../../model/run.ts';
import type { Span } from '../../model/span.ts';
import { fisherExact } from '../statistics/fisher.ts';
import { argumentsId, nameOf } from './step-keys.ts';

/** A step that runs may have: of a kind and a name, perhaps with certain arguments, or with a certain failure. */
export type ApartStep = {
  kind: Span['kind'];
  name: string;
  /** The beginning of the arguments, where the step is told by them. */
  arguments?: string;
  /** The error's type (its message where it has none), where the step is told by its failure. */
  error?: string;
  /** In how many runs of each side it occurs. */
  failing: number;
  passing: number;
  /** Share of the failing runs that have it, minus share of the passing ones: 1 is in all of these and in none of those. */
  difference: number;
  /** Fisher's exact test, two-sided, not corrected for the number of steps that were looked at. */
  p: number;
};

/** N runs against N: steps that failing runs have and passing ones do not, and the other way round. */
export type StepsApart = {
  failing: number;
  passing: number;
  /** Different steps that were looked at: with many of them, small p values come by chance. */
  looked: number;
  /** The strongest difference first. */
  steps: ApartStep[];
};

/** Steps told, at most. */
const MOST_STEPS = 100;
const PREVIEW = 120;

type Known = Pick<ApartStep, 'kind' | 'name' | 'arguments' | 'error' | 'failing' | 'passing'>;

/** Takes runs one at a time: what is kept is the steps, not the runs. */
export class StepsApartCollector {
  readonly #steps = new Map<string, Known>();
  #failing = 0;
  #passing = 0;

  add(run: Run, failed: boolean): void {
    if (failed) this.#failing++;
    else this.#passing++;
    const seen = new Set<string>();
    for (const span of run.spans) {
      for (const [key, step] of stepsOf(span)) {
        if (seen.has(key)) continue;
        seen.add(key);
        let known = this.#steps.get(key);
        if (known === undefined) {
          known = { ...step(), failing: 0, passing: 0 };
          this.#steps.set(key, known);
        }
        if (failed) known.failing++;
        else known.passing++;
      }
    }
  }

  result(): StepsApart {
    const [failing, passing] = [this.#failing, this.#passing];
    const steps = [...this.#steps.values()]
      .map((step) => {
        const difference = shareOf(step.failing, failing) - shareOf(step.passing, passing);
        return { ...step, difference };
      })
      .filter(({ difference }) => difference !== 0)
      .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference) || (textOf(a) < textOf(b) ? -1 : 1))
      .slice(0, MOST_STEPS)
      .map((step): ApartStep => {
        const cells = [
          [step.failing, failing - step.failing],
          [step.passing, passing - step.passing],
        ] as const;
        return { ...step, p: failing > 0 && passing > 0 ? fisherExact(cells).p : 1 };
      });
    return { failing, passing, looked: this.#steps.size, steps };
  }
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function textOf({ kind, name, arguments: given = '', error = '' }: Known): string {
  return [kind, name, given, error].join('\u0000');
}

type StepOf = () => Omit<Known, 'failing' | 'passing'>;

/** A span as the steps that it is: by its name; a tool also with its arguments; what failed also with its failure. */
function* stepsOf(span: Span): Generator<[key: string, step: StepOf]> {
  const { kind, inputs, status, error } = span;
  const name = nameOf(span);
  const key = `${kind}\u0000${name}`;
  yield [key, () => ({ kind, name })];
  if (kind === 'tool' && inputs !== undefined) {
    const given = JSON.stringify(inputs).slice(0, PREVIEW);
    yield [`${key}\u0000arguments ${argumentsId(inputs)}`, () => ({ kind, name, arguments: given })];
  }
  if (status !== 'error') return;
  const failure = (error?.type ?? error?.message ?? 'failed').slice(0, PREVIEW);
  yield [`${key}\u0000error ${failure}`, () => ({ kind, name, error: failure })];
}

import { asNumber, isObject } from '../../model/json.ts';
import type { ScoreRecord } from '../../model/record.ts';

export type RewardsKind = 'text' | 'json';

/** `verifier/reward.txt` holds a number, `verifier/reward.json` an object of numbers. */
export function rewardsName(name: string | undefined): RewardsKind | undefined {
  return name === 'reward.txt' ? 'text' : name === 'reward.json' ? 'json' : undefined;
}

/** The rewards in a reward file; undefined when it holds none. */
export function rewardsIn(kind: RewardsKind, text: string): Record<string, number> | undefined {
  if (kind === 'text') {
    const reward = asNumber(text);
    return reward === undefined ? undefined : { reward };
  }
  try {
    const rewards = numbersIn(JSON.parse(text));
    return Object.keys(rewards).length > 0 ? rewards : undefined;
  } catch {
    return undefined;
  }
}

/** The members of an object that are numbers; of what is none, nothing. */
export function numbersIn(value: unknown): Record<string, number> {
  const numbers = isObject(value)
    ? Object.entries(value).flatMap(([key, entry]) => {
        const number = typeof entry === 'boolean' ? Number(entry) : asNumber(entry);
        return number === undefined || key === '' ? [] : [[key, number] as const];
      })
    : [];
  return Object.fromEntries(numbers);
}

/**
 * Rewards as scores. `reward` is the one that speaks for the trial; where there is a single one of another name, it
 * does. Of several others none does: Harbor's own choice of the first has no meaning.
 */
export function scoresOf(rewards: Readonly<Record<string, number>>, dimension?: string): ScoreRecord[] {
  const names = Object.keys(rewards);
  const [only] = names;
  return names.map((name) => ({
    event: 'score',
    name: names.length === 1 ? 'reward' : name,
    value: rewards[name]!,
    ...(names.length === 1 && only !== 'reward' && { comment: `rewards.${only}` }),
    ...(dimension !== undefined && { dimension }),
  }));
}

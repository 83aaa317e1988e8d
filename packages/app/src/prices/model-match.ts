import type { MatchLogic, ModelInfo, Provider } from '@pydantic/genai-prices';
import { findProvider } from './library.ts';
import { coreOf, spellingsOf } from './model-name.ts';

/** Each kind of rule in the price table: whether it takes a name. */
const RULES: { [Rule in RuleName]: (name: string, literal: string) => boolean } = {
  equals: (name, literal) => name === literal.toLowerCase(),
  starts_with: (name, literal) => name.startsWith(literal.toLowerCase()),
  ends_with: (name, literal) => name.endsWith(literal.toLowerCase()),
  contains: (name, literal) => name.includes(literal.toLowerCase()),
  regex: (name, literal) => new RegExp(literal).test(name),
};
type RuleName = 'equals' | 'starts_with' | 'ends_with' | 'contains' | 'regex';

type Leaf = { rule: RuleName; literal: string };

function leafOf(logic: MatchLogic): Leaf {
  const [rule, literal] = Object.entries(logic)[0] as [RuleName, string];
  return { rule, literal };
}

function takes(logic: MatchLogic, name: string): boolean {
  if ('or' in logic) return logic.or.some((part) => takes(part, name));
  if ('and' in logic) return logic.and.every((part) => takes(part, name));
  const { rule, literal } = leafOf(logic);
  return RULES[rule](name, literal);
}

function leavesOf(logic: MatchLogic): Leaf[] {
  if ('or' in logic) return logic.or.flatMap(leavesOf);
  if ('and' in logic) return logic.and.flatMap(leavesOf);
  return [leafOf(logic)];
}

/** An expression over the whole name is exact; one that only looks into it is not. */
function isWhole(literal: string): boolean {
  return (
    literal.startsWith('^') && literal.endsWith('$') && !literal.includes('(?') && !literal.includes('.*')
  );
}

/**
 * The table's rules are loose (`starts_with: claude-sonnet-5` would take a `claude-sonnet-5-5` as well), and no price is
 * better than another model's: what a rule takes must also be the same model, by its name without place and date.
 */
function isModel(model: ModelInfo, name: string): boolean {
  if (name === model.id.toLowerCase()) return true;
  if (!takes(model.match, name)) return false;
  const core = coreOf(name);
  if (core === coreOf(model.id)) return true;
  return leavesOf(model.match).some(({ rule, literal }) =>
    rule === 'regex' ? isWhole(literal) && RULES.regex(name, literal) : core === coreOf(literal),
  );
}

/** A model and the provider whose price list it stands in. */
export type PricedModel = { provider: Provider; model: ModelInfo };

/** The model that a name means in a provider's price list, or in the lists that the provider sells by. */
export function findModel(provider: Provider, name: string): PricedModel | undefined {
  const lists = [
    provider,
    ...(provider.fallback_model_providers ?? []).map((id) => findProvider({ providerId: id })),
  ];
  for (const list of lists) {
    if (!list) continue;
    for (const spelling of spellingsOf(name)) {
      const model = list.models.find((candidate) => isModel(candidate, spelling));
      if (model) return { provider: list, model };
    }
  }
  return undefined;
}

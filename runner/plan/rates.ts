/** The rate of each group and adapter of a method, from the places where a spec may write it. */
import type { LearningRate, Spec } from '../../schemas/generated/spec';

export interface Rates {
  /** One rate for all, or by name; of some names only, or of none, where there are candidates for the others. */
  learningRate?: number | Record<string, number>;
  /** Two or more candidates from the lowest, of which the best on validation is chosen: for every name without a rate of its own. */
  candidates?: number[];
  /** Names that have no rate. */
  missing: string[];
}

/**
 * From general to special: the training's rate, the method's, the group's or adapter's own, the method's rate for that name.
 * @param names groups and adapters that the method tunes
 */
export function resolveRates(
  names: readonly string[],
  { own, general }: { own?: LearningRate; general?: LearningRate },
  spec: Pick<Spec, 'parameter_groups' | 'adapters'>,
): Rates {
  if (names.length === 0) return { missing: [] };
  const fallback = Array.isArray(own) ? undefined : general;
  const listed = [own, fallback].find((rate) => Array.isArray(rate));
  const candidates = [...new Set(listed)].sort((a, b) => a - b);
  const only = candidates.length === 1 ? candidates[0] : undefined;
  const rates = names.map((name) => {
    const part = spec.parameter_groups?.[name] ?? spec.adapters?.[name];
    return (
      byName(own, name) ?? part?.learning_rate ?? forAll(own) ?? byName(fallback, name) ?? forAll(fallback) ?? only
    );
  });
  const missing = names.filter((_, i) => rates[i] === undefined);
  const known = names.flatMap((name, i): [string, number][] => (rates[i] === undefined ? [] : [[name, rates[i]]]));
  if (candidates.length > 0 && missing.length > 0)
    return { ...(known.length > 0 ? { learningRate: Object.fromEntries(known) } : {}), candidates, missing: [] };
  if (missing.length > 0) return { missing };
  const same = rates.every((rate) => rate === rates[0]);
  return { learningRate: same ? rates[0]! : Object.fromEntries(known), missing };
}

function byName(rate: LearningRate | undefined, name: string): number | undefined {
  return typeof rate === 'object' && !Array.isArray(rate) && Object.hasOwn(rate, name) ? rate[name] : undefined;
}

function forAll(rate: LearningRate | undefined): number | undefined {
  return typeof rate === 'number' ? rate : undefined;
}

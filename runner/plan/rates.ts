/** The rate of each group and adapter of a method, from the places where a spec may write it. */
import type { LearningRate, Spec } from '../../schemas/generated/spec';

export interface Rates {
  /** One rate for all, or by name; undefined where nothing is tuned or only candidates are written. */
  learningRate?: number | Record<string, number>;
  /** Candidates, of which the best on validation is to be chosen. */
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
  const rates = names.map((name) => {
    const part = spec.parameter_groups?.[name] ?? spec.adapters?.[name];
    return byName(own, name) ?? part?.learning_rate ?? forAll(own) ?? byName(fallback, name) ?? forAll(fallback);
  });
  const missing = names.filter((_, i) => rates[i] === undefined);
  const candidates = [own, fallback].find((rate) => Array.isArray(rate));
  if (candidates && missing.length > 0) return { candidates, missing: [] };
  if (missing.length > 0) return { missing };
  const [first] = rates;
  const same = rates.every((rate) => rate === first);
  return {
    learningRate: same ? first! : Object.fromEntries(names.map((name, i) => [name, rates[i]!])),
    missing,
  };
}

function byName(rate: LearningRate | undefined, name: string): number | undefined {
  return typeof rate === 'object' && !Array.isArray(rate) && Object.hasOwn(rate, name) ? rate[name] : undefined;
}

function forAll(rate: LearningRate | undefined): number | undefined {
  return typeof rate === 'number' ? rate : undefined;
}

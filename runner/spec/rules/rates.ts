/** Learning rates: whatever is trained has one, and rates by name name what is trained. */
import type { LearningRate, Method } from '../../../schemas/generated/spec';
import { expandMethod } from '../combine';
import type { Path } from '../types';
import { type Rule, type RuleContext, requireName } from './rule';

/** Names of groups and adapters that a method tunes anywhere, `all` among them. */
export function tunedParts(name: string, method: Method): string[] {
  const names = expandMethod(name, method).flatMap(({ components }) => Object.values(components).flat());
  return [...new Set(names)].filter((part) => part !== 'frozen');
}

/** A rate by name is for a parameter group or adapter; in a method, for one that the method tunes. */
export const rateNamesAreKnown: Rule = (context) => {
  const { spec, report } = context;
  const check = (rate: LearningRate | undefined, path: Path, tunedBy?: () => readonly string[]) => {
    if (typeof rate !== 'object' || Array.isArray(rate)) return;
    const tuned = tunedBy?.();
    for (const part of Object.keys(rate)) {
      const place = { path: [...path, part], at: 'key' } as const;
      if (!requireName(context, part, ['parameter_groups', 'adapters'], place, ['all'])) continue;
      if (tuned && !tuned.includes(part))
        report({
          code: 'MP1101',
          ...place,
          message: `this method does not tune "${part}"`,
          hint: `it tunes ${tuned.join(', ') || 'nothing'}`,
        });
    }
  };
  check(spec.training?.learning_rate, ['training', 'learning_rate']);
  spec.overrides?.forEach(({ training }, i) => {
    check(training?.learning_rate, ['overrides', i, 'training', 'learning_rate']);
  });
  for (const [name, method] of Object.entries(spec.methods ?? {})) {
    const tuned = () => tunedParts(name, method);
    check(method.learning_rate, ['methods', name, 'learning_rate'], tuned);
    check(method.training?.learning_rate, ['methods', name, 'training', 'learning_rate'], tuned);
  }
};

/** No published method tunes with a rate above 1; it is nearly always a slip of the exponent. */
export const ratesAreSmall: Rule = ({ spec, report }) => {
  const check = (rate: LearningRate | undefined, path: Path) => {
    if (typeof rate === 'number') {
      if (rate > 1)
        report({
          code: 'MP1005',
          severity: 'warning',
          path,
          message: `a learning rate of ${rate} is more than 1: training will diverge`,
          hint: 'rates in use lie between 1e-6 and 0.1; write 1e-4 for 0.0001',
        });
    } else
      for (const [key, one] of Object.entries(rate ?? {}))
        check(one, [...path, Array.isArray(rate) ? Number(key) : key]);
  };
  check(spec.training?.learning_rate, ['training', 'learning_rate']);
  spec.overrides?.forEach(({ training }, i) => {
    check(training?.learning_rate, ['overrides', i, 'training', 'learning_rate']);
  });
  for (const section of ['parameter_groups', 'adapters'] as const)
    for (const [name, part] of Object.entries(spec[section] ?? {}))
      check(part.learning_rate, [section, name, 'learning_rate']);
  for (const [name, method] of Object.entries(spec.methods ?? {})) {
    check(method.learning_rate, ['methods', name, 'learning_rate']);
    check(method.training?.learning_rate, ['methods', name, 'training', 'learning_rate']);
  }
};

/** There is no learning rate that suits every method, so none is assumed. */
export const tunedPartsHaveRates: Rule = (context) => {
  const { spec, report, written } = context;
  const general = [
    ['training', 'learning_rate'],
    ...(spec.overrides ?? []).map((_, i) => ['overrides', i, 'training', 'learning_rate']),
  ];
  if (general.some((path) => written(path))) return;
  for (const [name, method] of Object.entries(spec.methods ?? {})) {
    const own = method.learning_rate ?? method.training?.learning_rate;
    const paths = [
      ['methods', name, 'learning_rate'],
      ['methods', name, 'training', 'learning_rate'],
    ];
    if (own === undefined && paths.some((path) => written(path))) continue;
    if (typeof own === 'number' || Array.isArray(own)) continue;
    const without = tunedParts(name, method).filter((part) => own?.[part] === undefined && !hasOwnRate(context, part));
    if (without.length > 0)
      report({
        code: 'MP1004',
        path: ['methods', name],
        at: 'owner',
        message: `the method "${name}" has no learning rate for ${without.map((part) => `"${part}"`).join(', ')}`,
        hint: 'add "learning_rate" to the method: LayerNorm, IA3 and prompts want 10 to 100 times the rate of LoRA or full tuning',
      });
  }
};

function hasOwnRate({ spec }: RuleContext, part: string): boolean {
  return [spec.parameter_groups, spec.adapters].some(
    (section) => section && Object.hasOwn(section, part) && section[part]!.learning_rate !== undefined,
  );
}

/** Rates that leave what they are for where it begins. */
import type { LearningRate, Method, Spec } from '../../../schemas/generated/spec';
import type { Path } from '../types';
import { tunedParts } from './rates';
import type { Rule } from './rule';

/** Below it, 1,000 steps of AdamW, each about as large as the rate, change a gain of 1 by less than a thousandth. */
const least = 1e-6;

/** What a group or adapter trains from 1 or nearly so, and with few numbers; undefined for what bears small rates. */
function movesSlowly({ parameter_groups: groups, adapters }: Spec, name: string): string | undefined {
  const own = <T>(section: Record<string, T> | undefined) =>
    section && Object.hasOwn(section, name) ? section[name] : undefined;
  const kind = own(groups)?.kind;
  if (kind !== undefined && [kind].flat().every((one) => one === 'layernorm')) return 'LayerNorm';
  const type = own(adapters)?.type;
  return type === 'ia3' ? 'IA3' : type === 'prompt' ? 'a prompt' : undefined;
}

/** LayerNorm, IA3 and prompts want 10 to 100 times the rate of full tuning; at full tuning's smallest they stay what they were. */
export const ratesMoveWhatIsTuned: Rule = ({ spec, report }) => {
  const check = (rate: LearningRate | undefined, path: Path, parts: () => readonly string[]) => {
    if (typeof rate === 'number') {
      if (rate <= 0 || rate >= least) return;
      const slow = parts().find((part) => movesSlowly(spec, part));
      if (slow === undefined) return;
      report({
        code: 'MP1111',
        severity: 'warning',
        path,
        message: `at a learning rate of ${rate} "${slow}" hardly moves: 1,000 steps of AdamW change a value by at most about ${Number((1000 * rate).toPrecision(2))}`,
        hint: `${movesSlowly(spec, slow)} wants 10 to 100 times the rate of LoRA or full tuning, such as 1e-3`,
      });
    } else if (Array.isArray(rate)) for (const [i, one] of rate.entries()) check(one, [...path, i], parts);
    else for (const [part, one] of Object.entries(rate ?? {})) check(one, [...path, part], () => [part]);
  };
  for (const section of ['parameter_groups', 'adapters'] as const)
    for (const [name, part] of Object.entries(spec[section] ?? {}))
      check(part.learning_rate, [section, name, 'learning_rate'], () => [name]);
  const methods = Object.entries(spec.methods ?? {});
  const hasOwn = (part: string) =>
    [spec.parameter_groups, spec.adapters].some(
      (section) => section && Object.hasOwn(section, part) && section[part]!.learning_rate !== undefined,
    );
  const without = (name: string, method: Method) => tunedParts(name, method).filter((part) => !hasOwn(part));
  for (const [name, method] of methods) {
    const parts = () => without(name, method);
    check(method.learning_rate, ['methods', name, 'learning_rate'], parts);
    if (method.learning_rate === undefined)
      check(method.training?.learning_rate, ['methods', name, 'training', 'learning_rate'], parts);
  }
  const inheriting = methods.filter(
    ([, { learning_rate: rate, training }]) => rate === undefined && training?.learning_rate === undefined,
  );
  check(spec.training?.learning_rate, ['training', 'learning_rate'], () =>
    inheriting.flatMap(([name, method]) => without(name, method)),
  );
};

/** Whether what a method names is there in a model: groups and adapters that match nothing (MP1103), tensors meant twice (MP1104), adapters that do not go together (MP1109), and parts of a model that no gradient reaches (MP1110). */
import type { Spec } from '../../schemas/generated/spec';
import { unsupportedAdapter } from '../methods/adapters';
import { describeOverlap, findClashes, findOverlaps, lackedBy, type Match, matchName } from '../methods/select';
import type { Family } from '../models/family';
import type { Parameter } from '../models/types';
import type { Finding } from '../spec/report';
import type { Tuned } from './components';

const lookUp = '`medpeft inspect model` lists the components, kinds and roles of a model';

/**
 * A name must match something in a component that is named for it; under `text` and `*`, in one of their components.
 * @param model the model's name in the spec
 */
export function checkFit(
  tuned: readonly Tuned[],
  parameters: readonly Parameter[],
  { model, family, config, spec }: { model: string; family: Family; config: unknown; spec: Spec },
): Finding[] {
  const { parameter_groups: parameterGroups = {}, adapters = {} } = spec;
  const computed = tuned.filter(
    ({ name }) => !Object.hasOwn(adapters, name) || unsupportedAdapter(adapters[name]!) === undefined,
  );
  const matches = computed.map((entry): Match & Tuned => ({
    ...entry,
    ...matchName(entry.name, entry.component, parameters, { parameterGroups, adapters }),
  }));
  const findings: Finding[] = [];
  for (const match of matches) {
    const alike = matches.filter(({ key, name }) => key === match.key && name === match.name);
    if (alike.some(({ parameters: found }) => found.length > 0)) continue;
    const where = family.components.includes(match.component)
      ? `${alike.map(({ component }) => component).join(', ')} of the model "${model}"`
      : `the model "${model}": its family ${family.id} has no component ${match.component}`;
    const lacked = lackedBy(match.name, { adapters });
    if (alike[0] === match)
      findings.push({
        code: 'MP1103',
        path: match.path,
        message: `"${match.name}" matches no tensor in ${where}${lacked ? `; ${lacked}` : ''}`,
        hint: lookUp,
      });
  }
  for (const { path, name, component, parameters: found } of matches) {
    const reasons = found.map((parameter) => family.withoutGradient(config, parameter));
    if (found.length === 0 || reasons.includes(undefined)) continue;
    findings.push({
      code: 'MP1110',
      path,
      message: `no gradient reaches any of the ${found.length} tensors of "${name}" in ${component} of the model "${model}": ${reasons[0]}`,
      hint: `name "frozen" for ${component} in the method, or in an override for this model`,
    });
  }
  for (const overlap of findOverlaps(matches)) {
    const second = matches.findLast(
      ({ component, name }) => component === overlap.component && name === overlap.names[1],
    )!;
    const path = overlap.names[0] === overlap.names[1] ? lastOfList(second.path, spec, second.name) : second.path;
    const first = matches.find(({ component, name }) => component === overlap.component && name === overlap.names[0])!;
    findings.push({
      code: 'MP1104',
      path,
      related: [{ path: first.path, message: `"${first.name}" matches it here` }],
      message: `${describeOverlap(overlap)} (in the model "${model}")`,
      hint: `leave out ${overlap.names[0]} or ${overlap.names[1]} in ${overlap.component}`,
    });
  }
  for (const { component, names, reason } of findClashes(matches))
    findings.push({
      code: 'MP1109',
      path: matches.findLast((match) => match.component === component && match.name === names[1])!.path,
      message: `${reason} (in the model "${model}")`,
      hint: `leave out ${names[0]} or ${names[1]} in ${component}`,
    });
  return findings;
}

/** The later of two equal names in a list. */
function lastOfList(path: Finding['path'], spec: Spec, name: string): Finding['path'] {
  const list = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], spec);
  return Array.isArray(list) ? [...path.slice(0, -1), list.lastIndexOf(name)] : path;
}

/** What the language has and this version does not compute yet (MP1106): a warning while a spec is written, refused when it is run. */
import type { Spec } from '../../../schemas/generated/spec';
import { formats } from '../../data/formats';
import { unsupportedAdapter } from '../../methods/adapters';
import { metrics as computed } from '../../metrics/registry';
import { families, findFamily } from '../../models/families';
import type { Finding } from '../report';
import type { Rule } from './rule';

/** Settings of a spec that this version does not compute, with their places. */
export function unsupported(spec: Spec): Finding[] {
  const findings: Finding[] = [];
  const add = (path: Finding['path'], what: string, hint?: string, at: Finding['at'] = 'value') =>
    findings.push({
      code: 'MP1106',
      severity: 'warning',
      path,
      at,
      message: `${what} is not supported in this version`,
      ...(hint === undefined ? {} : { hint }),
    });
  for (const [name, { family }] of Object.entries(spec.models ?? {}))
    if (!findFamily(family))
      add(['models', name, 'family'], `the model family "${family}"`, `supported: ${Object.keys(families).join(', ')}`);
  for (const [name, { format }] of Object.entries(spec.datasets ?? {}))
    if (!formats.has(format))
      add(['datasets', name, 'format'], `the data format "${format}"`, `supported: ${[...formats.keys()].join(', ')}`);
  for (const [name, { metrics }] of Object.entries(spec.tasks ?? {})) {
    metrics.forEach((metric, i) => {
      if (!computed.has(metric))
        add(['tasks', name, 'metrics', i], `the metric "${metric}"`, `computed: ${[...computed.keys()].join(', ')}`);
    });
  }
  for (const [name, adapter] of Object.entries(spec.adapters ?? {})) {
    const what = unsupportedAdapter(adapter);
    if (what !== undefined) add(['adapters', name, 'type'], what, 'leave it out');
  }
  return findings;
}

export const unsupportedSettings: Rule = ({ spec, report }) => {
  unsupported(spec).forEach(report);
};

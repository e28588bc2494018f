/** How many tensors a group, adapter or method means in each model of the spec, and how much of the model it trains. */
import { MedpeftError } from '../../runner/errors';
import { select } from '../../runner/methods';
import type { Checkpoint } from '../../runner/models';
import { atImageSize } from '../../runner/models/image_size';
import { countParameters } from '../../runner/plan/counts';
import type { Spec } from '../../schemas/generated/spec';
import { resolveFrom } from '../paths';
import type { HoverSource } from './request';
import { type Components, selectionsOf } from './selections';

const head = '| model | tensors | trained | share |\n| --- | ---: | ---: | ---: |';

export const parts: HoverSource = async (request) => {
  const { document, facts, section } = request;
  const spec = document.spec.usable?.spec;
  if (!spec || !document.onDisk || !['parameter_groups', 'adapters', 'methods'].includes(section)) return [];
  // Wrong patterns and ranges are marked in the text; what they match cannot be told.
  if (document.spec.diagnostics.some(({ severity, path }) => severity === 'error' && isPart(path[0]))) return [];
  const rows: string[] = [];
  const problems: string[] = [];
  for (const [model, { path, family, image_size: imageSize }] of Object.entries(spec.models ?? {})) {
    const checkpoint = await facts.checkpoint(resolveFrom(document, path), family);
    if (checkpoint instanceof MedpeftError) problems.push(`**${model}**: ${checkpoint.message}`);
    else
      for (const { title, components } of selectionsOf(request, spec, checkpoint.family)) {
        const counted = count(spec, checkpoint, imageSize, components);
        const name = title ? `${model}, ${title}` : model;
        if (counted instanceof MedpeftError) problems.push(`**${name}**: ${counted.message}`);
        else rows.push(`| ${name} | ${counted.join(' | ')} |`);
      }
  }
  return [...(rows.length > 0 ? [[head, ...rows].join('\n')] : []), ...problems];
};

const isPart = (section: unknown) => section === 'parameter_groups' || section === 'adapters';

/** Tensors, trained numbers and their share, as shown; or why this cannot be. */
function count(
  { parameter_groups: parameterGroups = {}, adapters = {} }: Spec,
  checkpoint: Checkpoint,
  imageSize: number | undefined,
  components: Components,
): string[] | MedpeftError {
  try {
    const { parameters } = atImageSize(checkpoint, imageSize);
    const selection = select(parameters, { method: { components }, parameterGroups, adapters });
    const { tensors, trainable, percent } = countParameters(parameters, selection);
    return [tensors.toLocaleString('en'), trainable.toLocaleString('en'), `${percent.toPrecision(3)} %`];
  } catch (error) {
    if (error instanceof MedpeftError) return error;
    throw error;
  }
}

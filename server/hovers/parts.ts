/** Which and how many tensors a group, adapter or method means in each model of the spec, and how much of the model it trains. */
import { MedpeftError } from '../../runner/errors';
import { select } from '../../runner/methods';
import { atImageSize } from '../../runner/models/image_size';
import { countParameters } from '../../runner/plan/counts';
import { describeMatches, type PlannedMatch } from '../../runner/plan/matches';
import { usableSections } from '../../runner/spec';
import type { Finding } from '../../runner/spec/report';
import { layerRangesRise, patternsCompile } from '../../runner/spec/rules/values';
import type { Spec } from '../../schemas/generated/spec';
import type { KnownCheckpoint } from '../facts';
import { resolveFrom } from '../paths';
import type { HoverRequest, HoverSource } from './request';
import { type Components, selectionsOf } from './selections';

const head = '| model | tensors | trained | share |\n| --- | ---: | ---: | ---: |';

/** Rows of matched tensors that are shown of a model: a hover is no report. */
const most = 12;

export const parts: HoverSource = async (request) => {
  const { document, facts, section } = request;
  if (document.spec.isBroken || !document.onDisk || !['parameter_groups', 'adapters', 'methods'].includes(section))
    return [];
  const spec = soundParts(request);
  if (!spec) return [];
  const rows: string[] = [];
  const matched: string[] = [];
  const problems: string[] = [];
  for (const [model, { path, family, image_size: imageSize }] of Object.entries(spec.models ?? {})) {
    const checkpoint = await facts.checkpoint(resolveFrom(document, path), family);
    if ('problem' in checkpoint) problems.push(`**${model}**: ${checkpoint.problem}`);
    else
      for (const { title, components } of selectionsOf(request, spec, checkpoint.family)) {
        const counted = count(spec, checkpoint, imageSize, components);
        const name = title ? `${model}, ${title}` : model;
        if (counted instanceof MedpeftError) problems.push(`**${name}**: ${counted.message}`);
        else {
          rows.push(`| ${name} | ${counted.shown.join(' | ')} |`);
          if (title === undefined) matched.push(...matchTable(model, counted.matches));
        }
      }
  }
  return [...(rows.length > 0 ? [[head, ...rows].join('\n')] : []), ...matched, ...problems];
};

/**
 * What a hover needs of the spec, and no more, since somebody waits for it: models, groups and adapters, and the method that is asked about. Undefined where the structure, a pattern or a range of a
 * group or adapter is wrong: that is marked in the text, and what it matches cannot be told.
 */
function soundParts({ document, section, name, settings }: HoverRequest): Spec | undefined {
  const read = ['models', ...partSections].flatMap((key) => {
    const value = document.section(key);
    return value === undefined ? [] : [[key, value] as const];
  });
  const method = section === 'methods' ? { methods: { [name]: settings } } : {};
  const usable = usableSections({ ...Object.fromEntries(read), ...method });
  if (!usable || usable.wrong.some(([of]) => partSections.includes(String(of)))) return undefined;
  const { spec } = usable;
  const found: Finding[] = [];
  for (const rule of [layerRangesRise, patternsCompile]) rule({ spec, report: (finding) => found.push(finding) });
  return found.length > 0 ? undefined : spec;
}

const partSections = ['parameter_groups', 'adapters'];

/** The tensors by layer, one row for the same tensor of several layers. */
function matchTable(model: string, matches: readonly PlannedMatch[]): string[] {
  const lines = matches.flatMap(({ component, matched }) =>
    matched.map(({ name, layers }) => `| ${component} | \`${name}\` | ${layers ?? ''} |`),
  );
  if (lines.length === 0) return [];
  const left = lines.length - most;
  const more = left > 0 ? [`and ${left} more: \`medpeft plan --matches\` lists all`] : [];
  return [[`| in ${model} | tensor | layers |\n| --- | --- | --- |`, ...lines.slice(0, most)].join('\n'), ...more];
}

/** Tensors, trained numbers and their share, as shown, and what was matched; or why this cannot be. */
function count(
  { parameter_groups: parameterGroups = {}, adapters = {} }: Spec,
  checkpoint: KnownCheckpoint,
  imageSize: number | undefined,
  components: Components,
): { shown: string[]; matches: PlannedMatch[] } | MedpeftError {
  try {
    const { parameters } = atImageSize(checkpoint, imageSize);
    const selection = select(parameters, { method: { components }, parameterGroups, adapters });
    const { tensors, trainable, percent } = countParameters(parameters, selection);
    return {
      shown: [tensors.toLocaleString('en'), trainable.toLocaleString('en'), `${percent.toPrecision(3)} %`],
      matches: describeMatches(selection, parameters),
    };
  } catch (error) {
    if (error instanceof MedpeftError) return error;
    throw error;
  }
}

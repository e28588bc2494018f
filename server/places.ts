/** What stands where in a spec: which JSON paths hold names, references to names, splits, metrics and file paths. */
import type { JSONPath } from 'jsonc-parser';
import { predefined } from '../runner/methods';
import { type Section, sections } from '../runner/spec/rules/rule';

export { type Section, sections };

export type Place =
  /** A key that brings a name into being. */
  | { is: 'definition'; section: Section }
  /** A key or value that names something of these sections. */
  | { is: 'reference'; to: readonly Section[]; predefined: readonly string[] }
  /** `dataset/split`. */
  | { is: 'split' }
  | { is: 'metric' }
  /** A word or pattern that means tensors of a model. */
  | { is: 'tensors'; by: 'kind' | 'component' | 'target' | 'pattern' }
  /** A value of a field that records are kept by. */
  | { is: 'filter value' }
  /** A path relative to the spec. */
  | { is: 'path'; of: 'model' | 'dataset' | 'spec' | 'folder' };

const part: Place = { is: 'reference', to: ['parameter_groups', 'adapters'], predefined };
const partKey: Place = { ...part, predefined: [] };
const to = (section: Section): Place => ({ is: 'reference', to: [section], predefined: [] });

/** `*` is any key, `#` any index. */
const values: [pattern: string, place: Place][] = [
  ['$schema', { is: 'path', of: 'spec' }],
  ['extends', { is: 'path', of: 'spec' }],
  ['models/*/path', { is: 'path', of: 'model' }],
  ['datasets/*/path', { is: 'path', of: 'dataset' }],
  ['datasets/*/filter/*', { is: 'filter value' }],
  ['datasets/*/filter/*/#', { is: 'filter value' }],
  ['parameter_groups/*/kind', { is: 'tensors', by: 'kind' }],
  ['parameter_groups/*/kind/#', { is: 'tensors', by: 'kind' }],
  ['parameter_groups/*/components/#', { is: 'tensors', by: 'component' }],
  ['parameter_groups/*/pattern', { is: 'tensors', by: 'pattern' }],
  ['adapters/*/targets/#', { is: 'tensors', by: 'target' }],
  ['adapters/*/feedforward_targets/#', { is: 'tensors', by: 'target' }],
  ['datasets/*/image_folder', { is: 'path', of: 'folder' }],
  ['runtime/output_dir', { is: 'path', of: 'folder' }],
  ...['train', 'validation', 'test', 'transfer'].map((key): [string, Place] => [`tasks/*/${key}/#`, { is: 'split' }]),
  ['tasks/*/validation/from', { is: 'split' }],
  ['expect/#/test', { is: 'split' }],
  ['tasks/*/metrics/#', { is: 'metric' }],
  ['tasks/*/select_by', { is: 'metric' }],
  ['expect/#/metric', { is: 'metric' }],
  ...['methods/*/components/*', 'methods/*/combine/*/#', 'overrides/#/components/*'].flatMap(
    (pattern): [string, Place][] => [
      [pattern, part],
      [`${pattern}/#`, part],
    ],
  ),
  ...['overrides', 'exclude', 'expect'].flatMap((list) =>
    (['models', 'tasks', 'methods'] as const).flatMap((section): [string, Place][] => {
      const key = section.slice(0, -1);
      return [
        [`${list}/#/${key}`, to(section)],
        [`${list}/#/${key}/#`, to(section)],
      ];
    }),
  ),
  ['expect/#/better_than', to('methods')],
  ['compare/reference', to('methods')],
];

const keys: [pattern: string, place: Place][] = [
  ...sections.map((section): [string, Place] => [`${section}/*`, { is: 'definition', section }]),
  ...['training', 'methods/*', 'methods/*/training', 'overrides/#/training'].map((owner): [string, Place] => [
    `${owner}/learning_rate/*`,
    partKey,
  ]),
  ['runtime/executor/*', to('models')],
];

const split = (table: [string, Place][]) => table.map(([pattern, place]) => ({ pattern: pattern.split('/'), place }));
const valueTable = split(values);
const keyTable = split(keys);

/** What stands at a path, as the key of a property or as a value. */
export function placeAt(path: JSONPath, as: 'key' | 'value'): Place | undefined {
  return (as === 'key' ? keyTable : valueTable).find(({ pattern }) => matches(pattern, path))?.place;
}

function matches(pattern: readonly string[], path: JSONPath): boolean {
  return (
    pattern.length === path.length &&
    pattern.every((segment, i) => {
      if (segment === '*') return typeof path[i] === 'string';
      if (segment === '#') return typeof path[i] === 'number';
      return segment === path[i];
    })
  );
}

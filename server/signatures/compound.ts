/** Values that are made of parts in one text: what the parts are, and in which the cursor stands. */
import { getNodePath, type Node } from 'jsonc-parser';
import { formats } from '../../runner/data/formats';
import type { SpecDocument } from '../documents';
import { field, knownNames } from '../known-names';
import { isKey } from '../names';
import { placeAt, sections } from '../places';

export interface Compound {
  label: string;
  documentation: string;
  /** Each a part of the label. */
  parts: { label: string; documentation: string }[];
  active: number;
}

/** @param typed the literal up to the cursor; undefined where the literal is none of these */
export function compoundAt(document: SpecDocument, node: Node, typed: string): Compound | undefined {
  const path = getNodePath(node);
  if (isKey(node)) return path.length === 2 && path[0] === 'sweep' ? setting(document, typed) : undefined;
  if (placeAt(path, 'value')?.is === 'split') return split(document, String(node.value), typed);
  return path.length === 3 && path[0] === 'parameter_groups' && path[2] === 'layers' ? layers(typed) : undefined;
}

const words = (list: readonly string[]) => list.map((word) => `\`${word}\``).join(', ');

function split(document: SpecDocument, whole: string, typed: string): Compound {
  const datasets = knownNames(document, 'datasets');
  const [name = ''] = whole.split('/');
  const dataset = datasets.find((candidate) => candidate.name === name);
  const splits = formats.get(String(field(dataset?.settings, 'format')))?.splits ?? [];
  return {
    label: 'dataset/split',
    documentation: 'A split of a data set.',
    parts: [
      {
        label: 'dataset',
        documentation:
          datasets.length > 0
            ? `A name in \`datasets\`: ${words(datasets.map((one) => one.name))}.`
            : 'A name in `datasets`, which this spec does not have yet.',
      },
      {
        label: 'split',
        documentation:
          splits.length > 0
            ? `A split of \`${name}\`: ${words(splits)}.`
            : dataset
              ? `A split of \`${name}\`, as its files name it.`
              : 'A split of that data set.',
      },
    ],
    active: typed.includes('/') ? 1 : 0,
  };
}

function layers(typed: string): Compound {
  const last = typed.slice(typed.lastIndexOf(',') + 1);
  return {
    label: 'first-last, layer, …',
    documentation: 'Layers that the group is limited to, counted from 0.',
    parts: [
      { label: 'first-last', documentation: 'All layers from the first to the last, both included: `8-11`.' },
      { label: 'layer', documentation: 'One layer: `3`. Several are parted by commas.' },
    ],
    active: typed.includes(',') && !last.includes('-') ? 1 : 0,
  };
}

function setting(document: SpecDocument, typed: string): Compound {
  const [section = ''] = typed.split('.');
  const named = sections.find((candidate) => candidate === section);
  const names = named ? knownNames(document, named).map(({ name }) => name) : [];
  const training = section === 'training';
  return {
    label: training ? 'training.setting' : 'section.name.setting',
    documentation: 'The path of a setting that is varied: its keys with dots between them.',
    parts: [
      { label: training ? 'training' : 'section', documentation: `One of \`training\`, ${words(sections)}.` },
      ...(training
        ? []
        : [
            {
              label: 'name',
              documentation:
                names.length > 0 ? `A name in \`${section}\`: ${words(names)}.` : 'A name in that section.',
            },
          ]),
      { label: 'setting', documentation: 'A key of it, such as `batch_size` or `rank`.' },
    ],
    active: Math.min(typed.split('.').length - 1, training ? 1 : 2),
  };
}

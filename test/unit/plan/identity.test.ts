// What makes a run another run, and what does not.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../runner/plan/identity';
import type { Spec } from '../../../schemas/generated/spec';
import { makeWorkspace, spec, type Workspace, writeData } from './workspace';

let workspace: Workspace;
beforeEach(() => {
  workspace = makeWorkspace();
});

const ids = async (changed: Spec) => (await workspace.plan(changed)).runs.map(({ id }) => id);
const hashes = async (changed: Spec) => (await workspace.plan(changed)).runs.map(({ identity }) => identity);
const vqa = spec.tasks!.vqa as Extract<NonNullable<Spec['tasks']>[string], { type: 'vqa' }>;

it('names a run by model, task, method, seed and the beginning of its hash', async () => {
  const { runs } = await workspace.plan({ ...spec, seeds: [3] });
  expect(runs.map(({ id, identity }) => [id.slice(0, -11), id.slice(-10) === identity.slice(0, 10)])).toEqual([
    ['tiny--vqa--base--seed3-', true],
    ['tiny--vqa--layernorm--seed3-', true],
    ['tiny--vqa--lora--seed3-', true],
  ]);
});

describe('the ids stay', () => {
  const same: [string, Spec][] = [
    ['the same spec', spec],
    ['another name', { ...spec, name: 'renamed' }],
    ['runtime', { ...spec, runtime: { threads: 1, output_dir: 'elsewhere', device: 'cpu' } }],
    [
      'how often a run is logged and saved',
      { ...spec, training: { ...spec.training, logging_steps: 7, save_steps: 3 } },
    ],
    ['expectations', { ...spec, expect: [{ test: 'rad/test', metric: 'exact_match', at_least: 1 }] }],
    ['a default written out', { ...spec, training: { num_epochs: 10, batch_size: 16 } }],
    [
      'the default precision written out',
      { ...spec, models: { tiny: { ...spec.models!.tiny!, frozen_precision: 'float32' } } },
    ],
    ['keys in another order', Object.fromEntries(Object.entries(spec).reverse()) as unknown as Spec],
    ['a group that no method uses', { ...spec, parameter_groups: { ...spec.parameter_groups, ffn: { kind: 'ffn' } } }],
    [
      'the path of the data, when the data are the same',
      { ...spec, datasets: { rad: { format: 'vqa_rad', path: './data/../data' } } },
    ],
  ];
  it.each(same)('%s', async (_, changed) => expect(await ids(changed)).toEqual(await ids(spec)));

  it('a further method adds a run and keeps the others', async () => {
    const more = {
      ...spec,
      methods: { attention: { components: { '*': 'attn' }, learning_rate: 1e-5 }, ...spec.methods },
    };
    expect((await ids(more)).slice(1)).toEqual(await ids(spec));
  });

  it('files beside the data', async () => {
    const before = await ids(spec);
    writeFileSync(path.join(workspace.folder, 'data/notes.txt'), 'x');
    expect(await ids(spec)).toEqual(before);
  });
});

describe('the hash stays, whatever things are called', () => {
  it('groups, adapters, models, tasks, data sets, methods', async () => {
    const renamed: Spec = {
      ...spec,
      models: { other: spec.models!.tiny! },
      datasets: { vqarad: spec.datasets!.rad! },
      tasks: {
        answers: {
          ...vqa,
          train: ['vqarad/train'],
          validation: { from: 'vqarad/train', fraction: 0.2 },
          test: ['vqarad/test'],
        },
      },
      parameter_groups: { gains: { kind: 'layernorm' } },
      adapters: { low_rank: spec.adapters!.lora8! },
      methods: {
        none: {},
        ln: {
          components: { vision_encoder: 'gains', text_encoder: ['gains'], text_decoder: 'gains' },
          learning_rate: { gains: 1e-3 },
        },
        lo: { components: { text: 'low_rank' }, learning_rate: 3e-4 },
      },
    };
    expect(await hashes(renamed)).toEqual(await hashes(spec));
  });
});

describe('the hash changes', () => {
  const other: [string, Spec][] = [
    ['training', { ...spec, training: { num_epochs: 11 } }],
    ['seed', { ...spec, seeds: [1] }],
    ['task', { ...spec, tasks: { vqa: { ...vqa, max_question_tokens: 20 } } }],
    ['splits', { ...spec, tasks: { vqa: { ...vqa, test: ['rad/test', 'rad/train'] } } }],
    ['generation by an override', { ...spec, overrides: [{ generation: { num_beams: 3 } }] }],
    [
      'precision of what is frozen',
      { ...spec, models: { tiny: { ...spec.models!.tiny!, frozen_precision: 'float16' } } },
    ],
    ['normalisation', { ...spec, models: { tiny: { ...spec.models!.tiny!, normalization: 'none' } } }],
    ['filter', { ...spec, datasets: { rad: { ...spec.datasets!.rad!, filter: { image_organ: 'HEAD' } } } }],
  ];
  it.each(other)('%s: of every run', async (_, changed) => {
    const before = await hashes(spec);
    const after = await hashes(changed);
    expect(after).toHaveLength(before.length);
    expect(after.filter((hash) => before.includes(hash))).toEqual([]);
  });

  const ofOne: [string, number, Spec][] = [
    [
      'rate of a method',
      1,
      { ...spec, methods: { ...spec.methods, layernorm: { components: { '*': 'norms' }, learning_rate: 2e-3 } } },
    ],
    [
      'components of a method',
      1,
      { ...spec, methods: { ...spec.methods, layernorm: { components: { text: 'norms' }, learning_rate: 1e-3 } } },
    ],
    ['a group', 1, { ...spec, parameter_groups: { norms: { kind: 'layernorm', parameters: ['weight'] } } }],
    ['an adapter', 2, { ...spec, adapters: { lora8: { type: 'lora', rank: 4, targets: ['query', 'value'] } } }],
  ];
  it.each(ofOne)('%s: of the run that uses it', async (_, index, changed) => {
    const before = await hashes(spec);
    const after = await hashes(changed);
    expect(after.map((hash, i) => hash === before[i])).toEqual([0, 1, 2].map((i) => i !== index));
  });

  it('content of a data file that is read', async () => {
    const before = await hashes(spec);
    writeData(workspace.folder, 'testset', 4, 'no');
    expect((await hashes(spec)).filter((hash) => before.includes(hash))).toEqual([]);
  });

  it('an image of an item, put in place of another of another size', async () => {
    const before = await hashes(spec);
    writeFileSync(path.join(workspace.folder, 'data/images/trainset3.png'), 'other pixels');
    expect((await hashes(spec)).filter((hash) => before.includes(hash))).toEqual([]);
  });

  it('config.json', async () => {
    const before = await hashes(spec);
    const file = path.join(workspace.folder, 'model/config.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"layer_norm_eps": 1e-06', '"layer_norm_eps": 1e-05'));
    expect((await hashes(spec)).filter((hash) => before.includes(hash))).toEqual([]);
  });
});

it.each([
  [{ b: 1, a: [2, { d: undefined, c: null }] }, '{"a":[2,{"c":null}],"b":1}'],
  ['x"', '"x\\""'],
  [1e-8, '1e-8'],
])('canonical JSON of %j', (value, expected) => expect(canonicalJson(value)).toBe(expected));

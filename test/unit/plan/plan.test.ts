import { rmSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { families } from '../../../runner/models';
import { expandComponents, mergeTraining } from '../../../runner/plan';
import { resolveRates } from '../../../runner/plan/rates';
import type { Spec } from '../../../schemas/generated/spec';
import { makeWorkspace, spec, type Workspace } from './workspace';

let workspace: Workspace;
beforeAll(() => {
  workspace = makeWorkspace();
});

const grid: Spec = {
  ...spec,
  methods: {
    grid: {
      combine: {
        vision_encoder: ['frozen', 'norms'],
        text_encoder: ['frozen', 'norms', ['norms', 'lora8']],
        text_decoder: ['norms', 'lora8'],
      },
      learning_rate: { norms: 1e-3, lora8: 3e-4 },
    },
  },
};

describe('the grid', () => {
  it('names every cell by its alternatives, the last component varying fastest', async () => {
    const { runs } = await workspace.plan(grid);
    expect(runs).toHaveLength(12);
    expect(runs.slice(0, 4).map(({ methodName }) => methodName)).toEqual([
      'grid-frozen-frozen-norms',
      'grid-frozen-frozen-lora8',
      'grid-frozen-norms-norms',
      'grid-frozen-norms-lora8',
    ]);
    expect(runs.at(-1)).toMatchObject({
      methodName: 'grid-norms-norms+lora8-lora8',
      method: {
        components: { vision_encoder: ['norms'], text_encoder: ['norms', 'lora8'], text_decoder: ['lora8'] },
        learningRate: { norms: 1e-3, lora8: 3e-4 },
      },
    });
  });

  it('leaves out what is excluded, with the reason', async () => {
    const exclude: Spec['exclude'] = [
      { method: 'grid-frozen-frozen-norms', reason: 'small' },
      { method: 'other', model: 'tiny', reason: 'all of it' },
    ];
    const other = { components: { '*': 'norms' }, learning_rate: 1 };
    const { runs, excluded } = await workspace.plan({ ...grid, methods: { ...grid.methods, other }, exclude });
    expect(runs).toHaveLength(11);
    expect(excluded).toEqual([
      { model: 'tiny', task: 'vqa', method: 'grid-frozen-frozen-norms', reason: 'small' },
      { model: 'tiny', task: 'vqa', method: 'other', reason: 'all of it' },
    ]);
  });

  it('multiplies by sweep points and seeds, but not by settings that a run does not have, nor an untuned model by seeds', async () => {
    const sweep: Spec['sweep'] = { 'training.batch_size': [2, 4], 'adapters.lora8.rank': [4, 8] };
    const { runs } = await workspace.plan({ ...spec, sweep, seeds: [0, 1] });
    const count = (name: string) => runs.filter(({ methodName }) => methodName === name).length;
    expect([count('base'), count('layernorm'), count('lora')]).toEqual([2, 4, 8]);
    expect(new Set(runs.map(({ id }) => id)).size).toBe(14);
    expect(runs.find(({ methodName }) => methodName === 'layernorm')!.sweep).toEqual({ 'training.batch_size': 2 });
    const lora = runs.filter(({ methodName }) => methodName === 'lora');
    expect(
      new Set(
        lora.map(({ adapters, training }) => `${(adapters.lora8 as { rank: number }).rank} ${training.batch_size}`),
      ),
    ).toEqual(new Set(['4 2', '8 2', '4 4', '8 4']));
  });

  it.each([
    [{ methods: ['lora'] }, ['lora']],
    [{ methods: ['base', 'layernorm'], seeds: [5] }, ['base', 'layernorm']],
    [{ model: 'tiny', task: 'vqa' }, ['base', 'layernorm', 'lora']],
  ])('keeps what %j asks for', async (filter, expected) => {
    const { runs } = await workspace.plan(spec, filter);
    expect(runs.map(({ methodName }) => methodName)).toEqual(expected);
    // The untuned model is the same for every seed: the spec's stands for all.
    if ('seeds' in filter) expect(runs.map(({ seed }) => seed)).toEqual([0, 5]);
  });

  it('has what a filter leaves out beside it, in the same pass', async () => {
    const filter = { methods: ['layernorm'], seeds: [5] };
    const { runs, beside, diagnostics } = await workspace.plan(spec, filter, { beside: true });
    expect(runs.map(({ methodName, seed }) => [methodName, seed])).toEqual([['layernorm', 5]]);
    const all = (await workspace.plan(spec)).runs.map(({ id }) => id);
    expect(beside.map(({ id }) => id)).toEqual(all);
    expect(diagnostics).toEqual([]);
    expect((await workspace.plan(spec, filter)).beside).toEqual([]);
  });

  it('finds the cells of a grid by its name', async () => {
    expect((await workspace.plan(grid, { methods: ['grid'] })).runs).toHaveLength(12);
    expect((await workspace.plan(grid, { methods: ['grid-norms-norms-norms'] })).runs).toHaveLength(1);
  });
});

describe('a planned run', () => {
  it('has absolute paths, every default, counts and steps', async () => {
    const { runs, diagnostics } = await workspace.plan({ ...spec, runtime: { output_dir: 'out' } });
    expect(diagnostics).toEqual([]);
    const { folder } = workspace;
    expect(runs[2]).toMatchObject({
      outputDir: path.join(folder, 'out'),
      runtime: { backend: 'auto', device: 'auto', memory: 'auto' },
      model: { path: path.join(folder, 'model') },
      datasets: { rad: { path: path.join(folder, 'data'), on_bad_item: 'stop' } },
      task: {
        select_by: 'exact_match',
        loss: 'hf',
        max_question_tokens: 35,
        max_answer_tokens: 12,
        validation: { by: 'item', seed: 0 },
        generation: { num_beams: 1, max_new_tokens: 10, min_new_tokens: 0, length_penalty: 1, question_mask: 'keep' },
      },
      training: { num_epochs: 10, batch_size: 16, batching: 'by_item', adam_epsilon: 1e-8, lr_scheduler: 'cosine' },
      method: { components: { text_encoder: ['lora8'], text_decoder: ['lora8'] }, learningRate: 3e-4 },
      parameterGroups: {},
      adapters: { lora8: { rank: 8, alpha: 16, use_rslora: false } },
      parameters: { trainable: 6144, added: 6144, base_total: 44_732, tensors: 32 },
      steps: 10,
    });
    expect(runs[2]!.training).not.toHaveProperty('learning_rate');
    expect(Object.keys(runs[2]!.hashes.data)).toEqual(['rad/trainset.json', 'rad/testset.json', 'rad/14 images']);
    expect(runs[0]).toMatchObject({ method: { components: {} }, steps: 0, parameters: { trainable: 0, percent: 0 } });
  });

  it.each([
    [{ batch_size: 3 }, 30],
    [{ batch_size: 3, gradient_accumulation_steps: 2 }, 20],
    [{ batch_size: 3, num_epochs: 1.5 }, 5],
    [{ max_steps: 7 }, 7],
  ])('with %j of 8 training items takes %i steps', async (training, steps) => {
    expect((await workspace.plan({ ...spec, training })).runs[1]!.steps).toBe(steps);
  });

  it('takes max_steps from the filter, as another run', async () => {
    const [all, short] = await Promise.all([workspace.plan(spec), workspace.plan(spec, { maxSteps: 2 })]);
    expect(short.runs[1]).toMatchObject({ steps: 2, training: { max_steps: 2 } });
    expect(short.runs[1]!.id).not.toBe(all.runs[1]!.id);
  });
});

describe('settings merge from general to special', () => {
  const merged: Spec = {
    ...spec,
    training: { num_epochs: 2, batch_size: 8, weight_decay: 0.1 },
    overrides: [
      { method: 'lora', training: { batch_size: 4 } },
      { model: 'tiny', training: { num_epochs: 3, batch_size: 2 }, components: { vision_encoder: 'norms' } },
      { task: 'none', training: { num_epochs: 99 } },
    ],
    methods: {
      ...spec.methods,
      lora: { components: { text: 'lora8' }, learning_rate: { lora8: 3e-4, norms: 1e-3 }, training: { num_epochs: 5 } },
    },
  };

  it('and say where each value came from', () => {
    const cell = { model: 'tiny', task: 'vqa', method: 'lora', from: 'lora' };
    expect(mergeTraining(merged, cell, { 'training.warmup_ratio': 0.5 })).toMatchObject({
      num_epochs: { value: 5, source: ['methods', 'lora', 'training', 'num_epochs'] },
      batch_size: { value: 2, source: ['overrides', 1, 'training', 'batch_size'] },
      weight_decay: { value: 0.1, source: ['training', 'weight_decay'] },
      warmup_ratio: { value: 0.5, source: ['sweep', 'training.warmup_ratio'] },
      adam_beta1: { value: 0.9, source: 'default' },
    });
  });

  it('components too', async () => {
    const { vqa, ...tasks } = merged.tasks!;
    const overrides = merged.overrides!.slice(0, 2);
    const methods = { lora: { ...merged.methods!.lora!, learning_rate: 1 } };
    const { runs } = await workspace.plan({ ...merged, tasks: { ...tasks, vqa: vqa! }, overrides, methods });
    expect(runs[0]!.method.components).toEqual({
      vision_encoder: ['norms'],
      text_encoder: ['lora8'],
      text_decoder: ['lora8'],
    });
  });

  it.each([
    [{ '*': ['a'] }, { vision_encoder: ['a'], text_encoder: ['a'], text_decoder: ['a'] }],
    [
      { text: ['b'], '*': ['a'] },
      { vision_encoder: ['a'], text_encoder: ['b'], text_decoder: ['b'] },
    ],
    [
      { text_encoder: ['c'], text: ['b'], '*': ['a'] },
      { vision_encoder: ['a'], text_encoder: ['c'], text_decoder: ['b'] },
    ],
    [
      { '*': ['a'], vision_encoder: ['frozen'] },
      { text_encoder: ['a'], text_decoder: ['a'] },
    ],
    [{}, {}],
  ])('%j means %j', (names, expected) => expect(expandComponents(names, families.miss!)).toEqual(expected));

  const own = { parameter_groups: { a: { kind: 'ffn' }, b: { kind: 'head', learning_rate: 0.5 } } } as const;
  it.each([
    [{ own: 1e-3 }, ['a'], { learningRate: 1e-3, missing: [] }],
    [{ own: 1e-3 }, ['a', 'b'], { learningRate: { a: 1e-3, b: 0.5 }, missing: [] }],
    [{ own: { b: 2 }, general: 3 }, ['a', 'b'], { learningRate: { a: 3, b: 2 }, missing: [] }],
    [{ general: { a: 4 } }, ['a', 'b'], { learningRate: { a: 4, b: 0.5 }, missing: [] }],
    [{ own: { a: 1 } }, ['a', 'c'], { missing: ['c'] }],
    [{ own: [1, 2], general: 3 }, ['a'], { candidates: [1, 2], missing: [] }],
    [{ own: 1 }, [], { missing: [] }],
  ])('rates %j of %j are %j', (rates, names, expected) => {
    expect(
      resolveRates(names, rates as Parameters<typeof resolveRates>[1], own as Pick<Spec, 'parameter_groups'>),
    ).toEqual(expected);
  });
});

describe('what cannot be planned', () => {
  const plan = async (changed: Spec) => {
    const { runs, excluded, diagnostics } = await workspace.plan(changed);
    return {
      runs: runs.map(({ methodName }) => methodName),
      excluded: excluded.map(({ method, reason }) => `${method} ${reason.slice(0, 6)}`),
      codes: diagnostics.map(({ code, severity, path: at }) => `${code} ${severity} ${at.join('.')}`),
    };
  };

  it('is refused by name, and keeps nothing else back', async () => {
    const changed: Spec = {
      ...spec,
      models: { ...spec.models, med: { family: 'llava', path: 'model' } },
      adapters: { ...spec.adapters, prefix: { type: 'prefix', num_virtual_tokens: 2, projection_size: 4 } },
      methods: { base: {}, prefix: { components: { text: 'prefix' }, learning_rate: 1e-2 } },
    };
    expect(await plan(changed)).toEqual({
      runs: ['base'],
      excluded: ['prefix MP1106', 'base MP3005', 'prefix MP3005'],
      codes: ['MP3005 error models.med.path', 'MP1106 error adapters.prefix.type'],
    });
  });

  describe('a list of rates', () => {
    const rates = (learning_rate: [number, ...number[]]) => ({
      layernorm: { components: { '*': 'norms' }, learning_rate },
    });
    it('is planned from the lowest, and its steps are counted together', async () => {
      const { runs, diagnostics } = await workspace.plan({ ...spec, methods: rates([1e-3, 1e-4]) });
      const [one] = (await workspace.plan({ ...spec, methods: rates([1e-3]) })).runs;
      expect(diagnostics).toEqual([]);
      expect(runs[0]!.method).toMatchObject({ learningRateCandidates: [1e-4, 1e-3] });
      expect(runs[0]!.method).not.toHaveProperty('learningRate');
      expect(runs[0]!.steps).toBe(2 * one!.steps!);
    });
    it('in another order is the same run, and one of a single rate is a run with that rate', async () => {
      const id = async (methods: Spec['methods']) => (await workspace.plan({ ...spec, methods })).runs[0]!.id;
      expect(await id(rates([1e-3, 1e-4]))).toBe(await id(rates([1e-4, 1e-3])));
      expect(await id(rates([1e-3, 1e-4]))).not.toBe(await id(rates([1e-3, 1e-5])));
      expect(await id(rates([1e-3]))).toBe(
        await id({ layernorm: { components: { '*': 'norms' }, learning_rate: 1e-3 } }),
      );
    });
    it('does not touch a rate that a group has of its own', async () => {
      const parameter_groups = { ...spec.parameter_groups, norms: { kind: 'layernorm', learning_rate: 0.5 } } as const;
      const methods = {
        both: { components: { '*': ['norms', 'attn'] }, learning_rate: [1e-3, 1e-4] },
      } satisfies Spec['methods'];
      const { runs } = await workspace.plan({ ...spec, parameter_groups, methods });
      expect(runs[0]!.method).toMatchObject({ learningRate: { norms: 0.5 }, learningRateCandidates: [1e-4, 1e-3] });
    });
    it('wants a validation split (MP1004)', async () => {
      const { validation: _, ...vqa } = spec.tasks!.vqa as Extract<NonNullable<Spec['tasks']>[string], { type: 'vqa' }>;
      const { runs, diagnostics } = await workspace.plan({ ...spec, tasks: { vqa }, methods: rates([1e-3, 1e-4]) });
      expect(runs).toEqual([]);
      expect(diagnostics).toMatchObject([{ code: 'MP1004', severity: 'error', path: ['tasks', 'vqa'] }]);
    });
  });

  it.each([
    ['missing data', { datasets: { rad: { format: 'vqa_rad', path: 'nowhere' } } }, 'MP2001 error datasets.rad.path'],
    ['a missing model', { models: { tiny: { family: 'miss', path: 'nowhere' } } }, 'MP3001 error models.tiny.path'],
    [
      'another image size',
      { models: { tiny: { family: 'miss', path: 'model', image_size: 30 } } },
      'MP3005 error models.tiny.image_size',
    ],
    [
      'a filter that keeps nothing',
      { datasets: { rad: { format: 'vqa_rad', path: 'data', filter: { image_organ: 'FOOT' } } } },
      'MP2005 error tasks.vqa',
    ],
    [
      'a group that matches nothing',
      { parameter_groups: { norms: { kind: 'projector' } } },
      'MP1103 error methods.layernorm.components.*',
    ],
    [
      'a misspelt target beside one that matches',
      { adapters: { lora8: { type: 'lora', rank: 8, targets: ['quary', 'value'] } } },
      'MP1103 error adapters.lora8.targets.0',
    ],
    [
      'a misspelt target in a sweep',
      { sweep: { 'adapters.lora8.targets': [['query'], ['query', 'valeu']] } },
      'MP1103 error sweep.adapters.lora8.targets',
    ],
    ['no method', { methods: {} }, 'MP1107 error '],
    [
      'an unknown name',
      { methods: { x: { components: { '*': 'nroms' }, learning_rate: 1 } } },
      'MP1101 error methods.x.components.*',
    ],
  ] as [string, Partial<Spec>, string][])('%s', async (_, changed, expected) => {
    expect((await plan({ ...spec, ...changed })).codes).toEqual([expected]);
  });

  it('a misspelt target keeps back the runs that name it, and no others', async () => {
    const adapters: Spec['adapters'] = { lora8: { type: 'lora', rank: 8, targets: ['quary', 'value'] } };
    const { runs, excluded, diagnostics } = await workspace.plan({ ...spec, adapters });
    expect(runs.map(({ methodName }) => methodName)).toEqual(['base', 'layernorm']);
    expect(excluded).toMatchObject([{ method: 'lora', reason: expect.stringMatching(/^MP1103: "quary" of "lora8"/) }]);
    expect(diagnostics).toMatchObject([{ hint: 'did you mean "query"?', suggestion: 'query' }]);
  });

  it.each([{ model: 'tinny' }, { task: 'vqaa' }, { methods: ['layernrom'] }])(
    'names that the spec does not have: %j',
    async (filter) => {
      const { runs, diagnostics } = await workspace.plan(spec, filter);
      expect(runs).toEqual([]);
      expect(diagnostics).toMatchObject([
        { code: 'MP1101', severity: 'error', hint: expect.stringMatching(/^did you mean/) },
      ]);
    },
  );

  it('a split file that is not there', async () => {
    const other = makeWorkspace();
    rmSync(path.join(other.folder, 'data/testset.json'));
    expect((await other.plan(spec)).diagnostics).toMatchObject([
      { code: 'MP2001', message: expect.stringContaining('testset.json') },
    ]);
  });
});

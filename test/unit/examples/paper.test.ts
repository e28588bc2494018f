/** The paper's experiment: the whole spec is valid, and plans where its files are; the small one plans in full. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { planRuns } from '../../../runner/plan';
import { checkSpec, loadSpec } from '../../../runner/spec';
import { describeShared, sharedPath } from '../../shared';
import { temporaryFolder } from '../data/fixture';

const examples = path.resolve(import.meta.dirname, '../../../examples');

describe('the whole experiment', () => {
  it('is valid on a machine that has none of its files', async () => {
    const found = await checkSpec(loadSpec(path.join(examples, 'paper/paper.medpeft.json')));
    expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('plans both models on both tasks from their config.json, with transfer and three seeds', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'paper.medpeft.json');
    cpSync(path.join(examples, 'paper/paper.medpeft.json'), file);
    const write = (name: string, value: unknown) => {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), JSON.stringify(value));
    };
    write('models/miss-base/config.json', { architectures: ['BlipForQuestionAnswering'], model_type: 'blip' });
    write('models/llava-med-v1.5-mistral-7b/config.json', {
      architectures: ['LlavaMistralForCausalLM'],
      model_type: 'llava_mistral',
      mm_vision_tower: 'openai/clip-vit-large-patch14-336',
      mm_projector_type: 'mlp2x_gelu',
    });
    cpSync(path.join(examples, 'vqa-rad/data'), path.join(folder, 'data/vqa-rad'), { recursive: true });
    const image = readFileSync(path.join(examples, 'vqa-rad/data/images/synpic100132.jpg'));
    for (const place of ['slake/imgs/xmlab1', 'pathvqa/images/test', 'iu-xray/images', 'mimic-cxr/images']) {
      mkdirSync(path.join(folder, 'data', place), { recursive: true });
      writeFileSync(path.join(folder, 'data', place, 'source.jpg'), image);
    }
    const question = {
      qid: 1,
      img_name: 'xmlab1/source.jpg',
      question: 'Is it?',
      answer: 'Yes',
      q_lang: 'en',
      answer_type: 'CLOSED',
    };
    write('data/slake/test.json', [question]);
    const report = (id: string) => ({ id, report: 'The heart is normal.', image_path: ['source.jpg'], split: 'x' });
    write('data/iu-xray/annotation.json', { train: [report('1')], val: [report('2')], test: [report('3')] });
    write('data/mimic-cxr/annotation.json', { train: [], val: [], test: [report('4')] });

    write('data/pathvqa/pvqa_test.json', [
      { img_id: 'source', sentf: { pvqa: ['Is it?'] }, labelf: { pvqa: [{ yes: 1 }] } },
    ]);

    const { runs, diagnostics, excluded } = await planRuns(loadSpec(file));
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const of = (model: string, task: string) => {
      const own = runs.filter(({ modelName, taskName }) => modelName === model && taskName === task);
      const seeds = new Map<string, number[]>();
      for (const { methodName, seed } of own) seeds.set(methodName, [...(seeds.get(methodName) ?? []), seed]);
      return seeds;
    };
    // 11 methods with a name of their own and a grid of 2 x 3 x 2; an untuned model answers alike whatever the seed
    for (const task of ['vqa', 'report']) {
      expect(of('miss', task).size).toBe(11 + 12);
      expect(of('llava_med', task).size).toBe(11 - 3);
      for (const model of ['miss', 'llava_med'])
        for (const [method, seeds] of of(model, task))
          expect([method, seeds]).toEqual([method, method === 'base' ? [0] : [0, 1, 2]]);
    }
    expect(new Set(excluded.map(({ reason }) => reason))).toEqual(new Set(['memory']));
    // guides of the field: 153,600 LayerNorm parameters of 361 million; 266,240 in LLaVA-Med's language model
    const norms = (model: string) =>
      runs.find(({ modelName, methodName }) => modelName === model && methodName === 'layernorm')!;
    expect(norms('miss').parameters).toMatchObject({ trainable: 153_600 });
    expect(norms('llava_med').parameters).toMatchObject({ trainable: 266_240 });
    const reporting = runs.find(({ taskName }) => taskName === 'report')!;
    expect(reporting.task).toMatchObject({ transfer: ['mimic/test'], views: 'all', cleaning: 'none' });
  });
});

describeShared('guides', 'the yardstick of the language', () => {
  it('is valid where none of its files are', async () => {
    const found = await checkSpec(loadSpec(sharedPath('guides/paper.medpeft.json')));
    expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

it('the small experiment has no error, and all 14 runs can be planned', async () => {
  const loaded = loadSpec(path.join(examples, 'paper/small/compare.medpeft.json'));
  // VQA-RAD's own leak, and two long reports
  expect((await checkSpec(loaded)).map(({ code, severity }) => `${code} ${severity}`)).toEqual([
    'MP2009 information',
    'MP2006 warning',
  ]);
  const { runs, diagnostics } = await planRuns(loaded);
  expect(diagnostics).toEqual([]);
  expect(runs).toHaveLength(2 * (1 + 2 * 3));
  expect(new Set(runs.map(({ task }) => task.type))).toEqual(new Set(['vqa', 'report_generation']));
});

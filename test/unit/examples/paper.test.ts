/** The paper's experiment: the whole spec is valid, and plans where its files are (here its report task, for MISS); the small one plans in full. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { planRuns } from '../../../runner/plan';
import { checkSpec, loadSpec } from '../../../runner/spec';
import { temporaryFolder } from '../data/fixture';

const examples = path.resolve(import.meta.dirname, '../../../examples');

describe('the whole experiment', () => {
  it('is valid on a machine that has none of its files', async () => {
    const found = await checkSpec(loadSpec(path.join(examples, 'paper/paper.medpeft.json')));
    expect(found.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('plans the report task of MISS from its config.json, with transfer and three seeds', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'paper.medpeft.json');
    cpSync(path.join(examples, 'paper/paper.medpeft.json'), file);
    const write = (name: string, value: unknown) => {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), JSON.stringify(value));
    };
    write('models/miss-base/config.json', { architectures: ['BlipForQuestionAnswering'], model_type: 'blip' });
    cpSync(path.join(examples, 'vqa-rad/data'), path.join(folder, 'data/vqa-rad'), { recursive: true });
    const image = readFileSync(path.join(examples, 'vqa-rad/data/images/synpic100132.jpg'));
    for (const place of ['slake/imgs/xmlab1', 'pathvqa/images', 'iu-xray/images', 'mimic-cxr/images']) {
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

    const { runs, diagnostics } = await planRuns(loadSpec(file), {
      model: 'miss',
      task: 'report',
      methods: ['base', 'full', 'layernorm'],
    });
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(runs.map(({ methodName, seed }) => `${methodName} ${seed}`)).toEqual(
      // an untuned model answers alike whatever the seed
      ['base 0', ...['full', 'layernorm'].flatMap((method) => [0, 1, 2].map((seed) => `${method} ${seed}`))],
    );
    // guides of the field: 153,600 LayerNorm parameters of 361 million
    const layernorm = runs.find(({ methodName }) => methodName === 'layernorm')!;
    expect(layernorm.parameters).toMatchObject({ trainable: 153_600 });
    expect(layernorm.task).toMatchObject({ transfer: ['mimic/test'], views: 'all', cleaning: 'none' });
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

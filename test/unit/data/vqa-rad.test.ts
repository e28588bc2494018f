/** Expected values: ../shared/data/vqa-rad/README.md, counted on the real files by others. */
import { expect, it } from 'vitest';
import { openDataset, openDatasets, resolveSplits, vqaItems } from '../../../runner/data';
import type { VqaItem } from '../../../runner/data/types';
import type { Task } from '../../../schemas/generated/spec';
import { describeShared, sharedPath } from '../../shared';

const countBy = (items: readonly VqaItem[], key: (item: VqaItem) => string) => {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
};
const images = (items: readonly { image?: string }[]) => new Set(items.map(({ image }) => image));

describeShared('data/vqa-rad', 'VQA-RAD as measured', () => {
  const settings = { format: 'vqa_rad' as const, path: sharedPath('data/vqa-rad') };
  const read = async () => {
    const { splits, skipped, fileHashes } = await openDataset(settings);
    return { train: vqaItems(splits.get('train')!), test: vqaItems(splits.get('test')!), skipped, fileHashes };
  };

  it('has 3,064 + 451 records on 314 + 203 images, all usable', async () => {
    const { train, test, skipped, fileHashes } = await read();
    expect([train.length, test.length, images(train).size, images(test).size]).toEqual([3064, 451, 314, 203]);
    expect(skipped).toEqual([]);
    expect(Object.keys(fileHashes)).toEqual([
      'trainset.json',
      'testset.json',
      `${images([...train, ...test]).size} images`,
    ]);
  });

  it('keeps phrase types, answer types and organs under their native names', async () => {
    const { train, test } = await read();
    expect(countBy(train, ({ fields }) => fields.phrase_type!)).toEqual({ freeform: 1206, para: 591, frame: 1267 });
    expect(countBy(test, ({ fields }) => fields.phrase_type!)).toEqual({ freeform: 308, para: 143 });
    expect(countBy(train, ({ answerType }) => answerType)).toEqual({ closed: 1823, open: 1241 });
    expect(countBy(test, ({ answerType }) => answerType)).toEqual({ closed: 272, open: 179 });
    const organs = new Map([...train, ...test].map((item) => [item.image, item.fields.image_organ]));
    expect(
      countBy(
        [...organs.keys()].map((image) => ({ image }) as VqaItem),
        ({ image }) => organs.get(image)!,
      ),
    ).toEqual({
      CHEST: 107,
      ABD: 104,
      HEAD: 103,
    });
  });

  it('cleans what carries no meaning: blanks in answer types, numbers, TABs, outer blanks', async () => {
    const { train, test } = await read();
    const all = new Map([...train, ...test].map((item) => [item.id, item]));
    for (const id of ['3371', '3372']) expect(all.get(id)!.answerType).toBe('closed');
    expect(['2392', '2485', '2671', '3497'].map((id) => all.get(id)!.answer)).toEqual(['4', '2', '2', '12']);
    expect(['597', '904', '754', '3504'].map((id) => all.get(id)!.answer)).toEqual([
      'Heart lungs',
      '~15 minutes potentially faster with newer imaging systems',
      'Skull cartilage and medulla',
      "superficial to the patient's skin",
    ]);
    for (const { question, answer } of all.values()) expect(question + answer).not.toMatch(/[\t\n]|^ | $/);
    expect(new Set([...all.values()].map(({ questionType }) => questionType))).toContain('PRES, ATTRIB');
  });

  it('has unique ids, disjoint between train and test, and leaks every test image', async () => {
    const { train, test } = await read();
    const ids = [...train, ...test].map(({ id }) => id);
    expect(new Set(ids).size).toBe(3515);
    const trained = images(train);
    expect([...images(test)].filter((image) => trained.has(image))).toHaveLength(203);
  });

  it('filters by a value or by a list of values', async () => {
    const filter = { image_organ: 'HEAD', phrase_type: ['freeform', 'para'] as [string, string] };
    const { splits } = await openDataset({ ...settings, filter });
    // guides/demo.md: 596 QA on 103 images in train, 119 in test.
    expect([
      splits.get('train')!.length,
      images(vqaItems(splits.get('train')!)).size,
      splits.get('test')!.length,
    ]).toEqual([596, 103, 119]);
    const byNumber = await openDataset({ ...settings, filter: { qid: 2392 } });
    expect(byNumber.splits.get('train')!.map(({ id }) => id)).toEqual(['2392']);
  });

  it('resolves the splits of a task, with a part held out by image', async () => {
    const task: Task = {
      type: 'vqa',
      train: ['rad/train'],
      validation: { from: 'rad/train', fraction: 0.1, by: 'image', seed: 0 },
      test: ['rad/test'],
      metrics: ['exact_match'],
    };
    const splits = resolveSplits(task, await openDatasets(task, { rad: settings }));
    expect(splits.train.length + splits.validation.length).toBe(3064);
    const held = images(splits.validation);
    expect(held.size).toBe(31);
    expect(splits.train.filter(({ image }) => held.has(image))).toEqual([]);
    expect(splits.test.get('rad/test')).toHaveLength(451);
  });
});

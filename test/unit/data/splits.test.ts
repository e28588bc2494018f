import { describe, expect, it } from 'vitest';
import { countSplits, resolveSplits, splitReferences } from '../../../runner/data';
import type { Dataset, VqaItem } from '../../../runner/data/types';
import type { Task } from '../../../schemas/generated/spec';
import { taskItems } from './fixture';

const dataset = (splits: Record<string, VqaItem[]>): Dataset => ({
  imageFolder: '/data',
  splits: new Map(Object.entries(splits)),
  fileHashes: {},
  skipped: [],
});
const bare = (n: number, perImage: number, from = 0) =>
  taskItems(n, perImage).map(
    ({ id, image, question, answer, fields }): VqaItem => ({
      kind: 'vqa',
      id: `${+id + from}`,
      image: image!,
      question,
      answer,
      answerType: 'closed',
      fields,
    }),
  );
const task = (changes: Partial<Task>): Task =>
  ({ type: 'vqa', train: ['rad/train'], test: ['rad/test'], metrics: ['exact_match'], ...changes }) as Task;
const rad = dataset({ train: bare(100, 5), test: bare(10, 1, 1000) });
const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id);

describe('resolveSplits', () => {
  it('names every split once, in the order of the roles', () => {
    const named = task({ validation: ['rad/test'], transfer: ['other/test'] });
    expect(splitReferences(named)).toEqual(['rad/train', 'rad/test', 'other/test']);
  });

  it.each(['item', 'image'] as const)('holds a fraction out by %s, the same one each time', (by) => {
    const held = task({ validation: { from: 'rad/train', fraction: 0.2, by, seed: 7 } });
    const first = resolveSplits(held, { rad });
    expect(first.validation).toHaveLength(20);
    expect(new Set([...ids(first.train), ...ids(first.validation)]).size).toBe(100);
    expect(ids(resolveSplits(held, { rad }).validation)).toEqual(ids(first.validation));
    const other = task({ validation: { from: 'rad/train', fraction: 0.2, by, seed: 8 } });
    expect(ids(resolveSplits(other, { rad }).validation)).not.toEqual(ids(first.validation));
    // the choice does not hang on the order of the file
    const reversed = dataset({ train: bare(100, 5).reverse(), test: bare(1, 1, 1000) });
    expect(new Set(ids(resolveSplits(held, { rad: reversed }).validation))).toEqual(new Set(ids(first.validation)));
  });

  it.each(['item', 'image'] as const)(
    'goes on with what was held out by %s, whatever the spec would choose now',
    (by) => {
      const settings = { from: 'rad/train', fraction: 0.2, by, seed: 7 };
      const first = resolveSplits(task({ validation: settings }), { rad });
      expect(first.heldOut).toEqual({ ...settings, validation: ids(first.validation) });
      const other = task({ validation: { ...settings, seed: 8 } });
      const again = resolveSplits(other, { rad }, first.heldOut);
      expect([ids(again.train), ids(again.validation)]).toEqual([ids(first.train), ids(first.validation)]);
      const fewer = { rad: dataset({ train: bare(100, 5).slice(0, 50), test: bare(1, 1, 1000) }) };
      expect(() => resolveSplits(other, fewer, first.heldOut)).toThrow(/of the 20 records .* rad\/train .* are gone/);
    },
  );

  it('by image, no image is in both parts, whatever split the training items come from', () => {
    const held = task({
      train: ['rad/train', 'rad/test'],
      validation: { from: 'rad/train', fraction: 0.5, by: 'image' },
    });
    const { train, validation } = resolveSplits(held, { rad });
    const images = new Set(validation.map(({ imageFile }) => imageFile));
    expect(images.size).toBe(10);
    expect(train.filter(({ imageFile }) => images.has(imageFile))).toEqual([]);
    expect(new Set(train.map(({ split }) => split))).toEqual(new Set(['rad/train', 'rad/test']));
  });

  it('by patient, no patient is in both parts, whatever the images', () => {
    const items = bare(60, 1).map((item, i) => ({ ...item, patient: `p${i % 12}` }));
    const held = task({ test: undefined, validation: { from: 'rad/train', fraction: 0.25, by: 'patient', seed: 3 } });
    const { train, validation } = resolveSplits(held, { rad: dataset({ train: items }) });
    const patients = new Set(validation.map(({ patient }) => patient));
    expect([patients.size, validation.length, train.length]).toEqual([3, 15, 45]);
    expect(train.filter(({ patient }) => patients.has(patient))).toEqual([]);
  });

  it('by image, rows of a parquet file on one image stay together and are counted once', () => {
    const items = bare(20, 1).map((item, i) => ({ ...item, imageHash: `hash${i % 4}` }));
    const held = task({ test: undefined, validation: { from: 'rad/train', fraction: 0.25, by: 'image' } });
    const splits = resolveSplits(held, { rad: dataset({ train: items }) });
    expect(countSplits(splits)).toEqual({
      train: { 'rad/train': { items: 15, images: 3 } },
      validation: { 'rad/train': { items: 5, images: 1 } },
    });
  });

  it('counts every part for the manifest', () => {
    const held = task({ validation: { from: 'rad/train', fraction: 0.2, by: 'image' }, transfer: ['rad/train'] });
    expect(countSplits(resolveSplits(held, { rad }))).toEqual({
      train: { 'rad/train': { items: 80, images: 16 } },
      validation: { 'rad/train': { items: 20, images: 4 } },
      test: { 'rad/test': { items: 10, images: 10, seen_images: 10 } },
      transfer: { 'rad/train': { items: 100, images: 20, seen_images: 20 } },
    });
  });

  it.each<[Partial<Task>, string, RegExp]>([
    [{ train: ['rod/train'] }, 'MP1101', /no data set "rod"/],
    [{ test: ['rad/val'] }, 'MP1102', /no split "val"/],
    [{ test: ['rad'] }, 'MP1102', /"rad" is not a split/],
    [{ test: ['rad/empty'] }, 'MP2005', /no item is left in rad\/empty/],
    [{ validation: { from: 'rad/one', fraction: 0.5 } }, 'MP2005', /no item is left in validation/],
    [{ validation: { from: 'rad/train', fraction: 0.5, by: 'patient' } }, 'MP1108', /by patient: 100 of 100 items/],
    [{ type: 'report_generation' } as Partial<Task>, 'MP1108', /rad\/train holds questions on images/],
  ])('%j is %s', (changes, code, message) => {
    const more = dataset({ ...Object.fromEntries(rad.splits), empty: [], one: bare(1, 1) } as Record<
      string,
      VqaItem[]
    >);
    const act = () => resolveSplits(task(changes), { rad: more });
    expect(act).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });
});

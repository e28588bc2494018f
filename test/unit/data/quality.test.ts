import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { inspect } from '../../../runner/cli/inspect';
import { runProgram } from '../../../runner/cli/program';
import { openDataset, vqaItems } from '../../../runner/data';
import type { Finding } from '../../../runner/data/findings';
import { overlapOf, profile } from '../../../runner/data/quality';
import { describeShared, sharedPath } from '../../shared';
import { record, temporaryFolder, writeVqaRad } from './fixture';

async function medpeft(...words: string[]) {
  let out = '';
  let log = '';
  const code = await runProgram([inspect], '0', words, {
    result: (text) => (out += text),
    log: (text) => (log += text),
  });
  return { code, out, log };
}

/** Expected values: ../shared/data/vqa-rad/README.md. */
describeShared('data/vqa-rad', 'leaks and repetitions of VQA-RAD', () => {
  const settings = { format: 'vqa_rad' as const, path: sharedPath('data/vqa-rad') };

  it('over the whole train file: 469 extra copies, 14 triplets shared with test, when case is ignored', async () => {
    const { splits } = await openDataset(settings);
    const [train, test] = [vqaItems(splits.get('train')!), vqaItems(splits.get('test')!)];
    expect(profile(train).duplicates.ignoringCase).toBe(469);
    expect(overlapOf(train, test)).toMatchObject({ images: { shared: 203, of: 203 }, triplets: { ignoringCase: 14 } });
    expect(profile(test).closedAnswers).toEqual({ yes: 118, no: 133, other: 21 });
  });

  it('over the freeform and para rows of train: 3 copies, 1 triplet shared with test', async () => {
    const { splits } = await openDataset({ ...settings, filter: { phrase_type: ['freeform', 'para'] } });
    const [train, test] = [vqaItems(splits.get('train')!), vqaItems(splits.get('test')!)];
    expect([train.length, test.length]).toEqual([1797, 451]);
    expect(profile(train).duplicates.exact).toBe(3);
    expect(overlapOf(train, test).triplets.exact).toBe(1);
  });

  it('`inspect data` reports them, with the unused image and the smallest and widest ones', async () => {
    const { code, out } = await medpeft('inspect', 'data', settings.path, '--format', 'vqa_rad', '--json');
    expect(code).toBe(0);
    const report = JSON.parse(out);
    expect(report.images).toMatchObject({
      files: 315,
      unused: ['images/synpic35356.jpg'],
      unreadable: [],
      sizes: {
        smallest: { image: 'images/synpic51426.jpg', width: 256, height: 256 },
        largest: { image: 'images/synpic100132.jpg', width: 2321, height: 1384 },
      },
    });
    // Every image stands in the folder once: what is shared is shared by name.
    expect(report.findings.filter(({ code }: Finding) => /^image_(copied|near|copy_shared)/.test(code))).toEqual([]);
    expect(report.splits.train.answerTypes).toEqual({ closed: 1823, open: 1241 });
  });
});

const asVqaRad = ['--format', 'vqa_rad'];

describe('inspect data', () => {
  it('counts unusable records by reason and ends with 1', async () => {
    const folder = await writeVqaRad([record(1), record(2, { answer: '' }), record(3, { image_name: 'c.png' })]);
    writeFileSync(path.join(folder, 'images', 'b.png'), 'broken, but nobody uses it');
    mkdirSync(path.join(folder, 'images', 'more'));
    const { code, out } = await medpeft('inspect', 'data', folder, '--format', 'vqa_rad');
    expect(code).toBe(1);
    expect(out).toContain('train: 1 the answer is empty (2)');
    expect(out).toMatch(/image_missing \(matters for scores\): 1 .*; 1 record names them \(images\/c\.png\)/);
    expect(out).toMatch(/image_unused \(matters not\): 1 of 2 .*\(images\/b\.png\)/);
  });

  it('ends with 1 where an id stands twice, which a run stops at', async () => {
    const { code, out } = await medpeft('inspect', 'data', await writeVqaRad([record(1), record(1)]), ...asVqaRad);
    expect([code, out]).toEqual([1, expect.stringContaining('train: 1 the id occurs twice in the split (1)')]);
  });

  it('finds images in another folder where it is named', async () => {
    const folder = await writeVqaRad([record(1)]);
    renameSync(path.join(folder, 'images'), path.join(folder, 'pictures'));
    expect((await medpeft('inspect', 'data', folder, ...asVqaRad)).code).toBe(1);
    const words = ['--image-folder', path.join(folder, 'pictures')];
    expect((await medpeft('inspect', 'data', folder, ...asVqaRad, ...words)).code).toBe(0);
  });

  it('names images that cannot be read', async () => {
    const folder = await writeVqaRad([record(1)]);
    writeFileSync(path.join(folder, 'images', 'a.png'), 'no image');
    const { code, out } = await medpeft('inspect', 'data', folder, '--format', 'vqa_rad', '--json');
    expect([code, JSON.parse(out).images.unreadable]).toEqual([1, ['images/a.png']]);
  });

  it('takes a spec beside the data for no split', async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'train.csv'), 'image,question,answer\n');
    writeFileSync(path.join(folder, 'mine.medpeft.json'), '{ "version": 1 }');
    const { out } = await medpeft('inspect', 'data', folder, '--format', 'table', '--json');
    expect(Object.keys(JSON.parse(out).splits)).toEqual(['train']);
  });

  it('needs a file that is named after a split', async () => {
    const { code, log } = await medpeft('inspect', 'data', temporaryFolder(), '--format', 'table');
    expect([code, log]).toEqual([1, expect.stringContaining('MP2001 no file in')]);
  });

  it.each<[string[], number, RegExp]>([
    [['inspect', 'data', '/nowhere', '--format', 'vqa_rad'], 1, /MP2001/],
    [['inspect', 'data', '/nowhere', '--format', 'snake'], 1, /MP1106/],
    [['inspect', 'data', '/nowhere'], 2, /--format is missing/],
    [['inspect', 'house', '/nowhere'], 2, /inspect house: one of model, data is needed/],
  ])('%j ends with %i', async (words, expected, says) => {
    const { code, log } = await medpeft(...words);
    expect(code).toBe(expected);
    expect(log).toMatch(says);
  });
});

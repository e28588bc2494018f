import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { imageFile, imageFolders, imageKey, itemSets } from '../../../client/panels/items';
import type { RunSummary } from '../../../client/runs/store';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'items-'));
  mkdirSync(path.join(folder, 'predictions'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const prediction = (id: string, scores: Record<string, number | null>, image = 'images/a.jpg') => ({
  id,
  image,
  question: 'Is it normal?',
  reference: 'yes',
  prediction: 'no',
  answer_type: 'closed',
  scores,
});

function run(predictions: Record<string, object[]>, task: object): RunSummary {
  for (const [name, lines] of Object.entries(predictions))
    writeFileSync(
      path.join(folder, 'predictions', `${name}.jsonl`),
      lines.map((one) => `${JSON.stringify(one)}\n`).join(''),
    );
  const resolved = { datasets: { rad: { path: '/data/rad' }, slake: { path: '/data/slake' } }, task };
  return { id: 'r', folder, manifest: { resolved } } as unknown as RunSummary;
}

it.each([
  { image: 'images/a.jpg', file: path.resolve('/data/rad/images/a.jpg') },
  { image: '../secret.jpg', file: undefined },
  { image: '/etc/passwd', file: undefined },
  { image: '../rad-other/a.jpg', file: undefined },
  { image: undefined, file: undefined },
])('an image is taken from inside its data set only: $image', ({ image, file }) => {
  expect(imageFile('/data/rad', image)).toBe(file);
});

it('names the folders of the data sets that a run used', () => {
  expect(imageFolders(run({}, {}))).toEqual(['/data/rad', '/data/slake']);
});

it('takes images from image_folder where there is one, or from beside a file; what a page cannot draw is rendered when asked for', () => {
  const file = path.join(folder, 'train.csv');
  writeFileSync(file, '');
  const datasets = { one: { path: '/data/one', image_folder: '/data/pictures' }, two: { path: file } };
  const of = run(
    {
      'test-one-test': [prediction('1', {}, 'a.PNG'), prediction('2', {}, 'b.dcm#frame=2')],
      'test-two-test': [prediction('3', {}, 'x-0.parquet#row=7'), prediction('4', {}, 'c.jpg')],
    },
    { test: ['one/test', 'two/test'] },
  );
  Object.assign(of.manifest.resolved, { datasets });
  expect(imageFolders(of)).toEqual(['/data/pictures', folder]);
  const images = new Map<string, string>();
  const sets = itemSets([of], (name) => `webview:${name}`, images);
  expect(images.get(imageKey('test-one-test', '2'))).toBe(path.resolve('/data/pictures/b.dcm#frame=2'));
  expect(images.get(imageKey('test-two-test', '3'))).toBe(path.join(folder, 'x-0.parquet#row=7'));
  expect(sets.flatMap(({ items }) => items.map(({ image, rendered }) => image ?? rendered))).toEqual([
    `webview:${path.resolve('/data/pictures/a.PNG')}`,
    'b.dcm#frame=2',
    'x-0.parquet#row=7',
    `webview:${path.join(folder, 'c.jpg')}`,
  ]);
});

it('reads each file of predictions with the images of its own data set, test before transfer before validation', () => {
  const sets = itemSets(
    [
      run(
        {
          'transfer-slake-test': [prediction('s1', { exact_match: 1 })],
          'validation-validation': [prediction('v1', { exact_match: 1 })],
          'test-rad-test': [
            prediction('r1', { exact_match: 0, closed_accuracy: 0 }),
            prediction('r2', { exact_match: 1, closed_accuracy: null }),
          ],
        },
        { test: ['rad/test'], transfer: ['slake/test'], select_by: 'closed_accuracy' },
      ),
    ],
    (file) => `webview:${file}`,
  );
  expect(sets.map(({ id, label, metric, items }) => [id, label, metric, items[0]?.image])).toEqual([
    ['test-rad-test', 'rad/test (test)', 'exact_match', `webview:${path.resolve('/data/rad/images/a.jpg')}`],
    [
      'transfer-slake-test',
      'slake/test (transfer)',
      'exact_match',
      `webview:${path.resolve('/data/slake/images/a.jpg')}`,
    ],
    ['validation-validation', 'validation-validation', 'exact_match', undefined],
  ]);
  expect(sets[0]!.items[1]).toMatchObject({
    id: 'r2',
    facets: { 'answer type': 'closed' },
    answers: [{ prediction: 'no', verdict: 'right', scores: { closed_accuracy: null } }],
  });
});

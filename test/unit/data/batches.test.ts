import { describe, expect, it } from 'vitest';
import { batches, batchesInOrder } from '../../../runner/data';
import { taskItems } from './fixture';

const settings = { batchSize: 8, seed: 3, epoch: 0 } as const;
const ids = (rows: readonly { id: string }[][]) => rows.map((row) => row.map(({ id }) => id));

describe.each(['by_item', 'by_image'] as const)('%s', (batching) => {
  // 23 images with 1 to 13 questions each
  const items = taskItems(150).map((item, i) => {
    const image = `images/${Math.floor(Math.sqrt(i * 3.5))}.png`;
    return { ...item, image, imageFile: `/data/${image}` };
  });

  it('is a function of seed and epoch alone', () => {
    const at = (seed: number, epoch: number) => ids(batches(items, { ...settings, batching, seed, epoch }));
    expect(at(3, 0)).toEqual(at(3, 0));
    expect(at(3, 1)).not.toEqual(at(3, 0));
    expect(at(4, 0)).not.toEqual(at(3, 0));
    expect(at(3, 1)).not.toEqual(at(4, 0));
  });

  it('has every item once, in batches of at most the size', () => {
    const rows = batches(items, { ...settings, batching });
    expect(
      rows
        .flat()
        .map(({ id }) => +id)
        .sort((a, b) => a - b),
    ).toEqual(items.map(({ id }) => +id));
    expect(Math.max(...rows.map((row) => row.length))).toBe(8);
    expect(Math.min(...rows.map((row) => row.length))).toBeGreaterThan(0);
  });
});

it('by_image encodes far fewer images than by_item', () => {
  const items = taskItems(120, 6);
  const images = (batching: 'by_item' | 'by_image') =>
    batches(items, { ...settings, batching }).reduce(
      (sum, row) => sum + new Set(row.map(({ image }) => image)).size,
      0,
    );
  expect(images('by_image')).toBe(20);
  expect(images('by_item')).toBeGreaterThan(90);
});

it('shuffles evenly: each item comes first about as often as any other', () => {
  const items = taskItems(5);
  const first = [0, 0, 0, 0, 0];
  for (let epoch = 0; epoch < 5000; epoch++)
    first[+batches(items, { ...settings, batching: 'by_item', epoch })[0]![0]!.id]!++;
  // expected 1,000 each, standard deviation 28: five of them
  for (const count of first) expect(Math.abs(count - 1000)).toBeLessThan(142);
});

it('scores in the order of the items', () => {
  expect(ids(batchesInOrder(taskItems(5), 2))).toEqual([['0', '1'], ['2', '3'], ['4']]);
  expect(batchesInOrder([], 2)).toEqual([]);
});

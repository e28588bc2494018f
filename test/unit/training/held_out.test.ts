import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { countSkipped, skippedText } from '../../../runner/data';
import { readHeldOut, writeHeldOut } from '../../../runner/training/held_out';
import { failure, temporaryFolder } from '../data/fixture';

describe('split.json', () => {
  const heldOut = { from: 'rad/train', fraction: 0.1, by: 'image', seed: 3, validation: ['7', '9'] } as const;

  it('is read as it was written; a run without one held nothing out', () => {
    const folder = temporaryFolder();
    expect(readHeldOut(folder)).toBeUndefined();
    writeHeldOut(folder, heldOut);
    expect(readHeldOut(folder)).toEqual(heldOut);
  });

  it.each(['', 'null', '{"from": "rad/train"}', JSON.stringify({ ...heldOut, validation: [7] })])(
    'is refused where it is damaged: %s',
    (text) => {
      const folder = temporaryFolder();
      writeFileSync(path.join(folder, 'split.json'), text);
      expect(() => readHeldOut(folder)).toThrow(failure('MP4003', /does not say which records/) as Error);
    },
  );
});

it('records that were left out are counted by split and reason', () => {
  const counts = countSkipped([
    { split: 'rad/test', reason: 'the answer is empty' },
    { split: 'rad/train', reason: 'the answer is empty' },
    { split: 'rad/test', reason: 'the image cannot be read' },
    { split: 'rad/test', reason: 'the answer is empty' },
  ]);
  expect(counts).toEqual({
    'rad/test': { 'the answer is empty': 2, 'the image cannot be read': 1 },
    'rad/train': { 'the answer is empty': 1 },
  });
  expect(skippedText(counts)).toBe(
    'rad/test 2 × the answer is empty, 1 × the image cannot be read; rad/train 1 × the answer is empty',
  );
});

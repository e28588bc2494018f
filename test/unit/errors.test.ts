import { describe, expect, it } from 'vitest';
import { MedpeftError, unlessRefused } from '../../runner/errors';

const refusal = new MedpeftError('MP4007', 'there is no run');
const bug = new TypeError('x is not a function');
const fail = (error: Error) => {
  throw error;
};

describe('what is read unless it is refused', () => {
  it.each([
    ['is answered at once', () => 3, 3],
    ['is nothing where that is refused', () => fail(refusal), undefined],
    ['is waited for', async () => 3, 3],
    ['is nothing where that is refused later', async () => fail(refusal), undefined],
  ])('%s', async (_, read, found) => {
    expect(await unlessRefused<unknown>(read)).toBe(found);
  });

  it.each([
    ['at once', () => fail(bug)],
    ['later', async () => fail(bug)],
  ])('is a bug of ours where anything else is thrown %s', async (_, read) => {
    await expect(async () => unlessRefused<unknown>(read)).rejects.toBe(bug);
  });
});

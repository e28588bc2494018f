import { expect, it } from 'vitest';
import { compare } from '../../../runner/parity/compare';

const tolerance = { relative: 1e-3, absolute: 1e-6 };
it.each([
  ['equal', [1, 2], [1, 2], 'passed'],
  ['within the share of the largest', [1.0019, 2], [1, 2], 'passed'],
  ['beyond it', [1.003, 2], [1, 2], 'failed'],
  ['zero but for the absolute part', [5e-7], [0], 'passed'],
  ['not a number', [Number.NaN, 2], [1, 2], 'failed'],
  ['not a number first, then a number', [Number.NaN, 2.1], [1, 2], 'failed'],
  ['infinite', [Number.POSITIVE_INFINITY, 2], [1, 2], 'failed'],
  ['too short', [1], [1, 2], 'failed'],
])('%s', (_, actual, expected, status) => {
  expect(compare('case', [{ name: 'tensor', actual, expected }], tolerance)).toMatchObject({ status });
});

it.each([
  [5e-4, 'passed'],
  [2e-4, 'failed'],
])('what float32 did to the tensor, %d, is allowed ten times beside the tolerance: %s', (noise, status) => {
  const golden = { name: 'tensor', actual: [1.004, 1], expected: [1, 1], noise };
  expect(compare('case', [golden], tolerance)).toMatchObject({ status });
});

it('nothing to compare is a failure', () => {
  expect(compare('case', [], tolerance)).toMatchObject({ status: 'failed' });
});

it('names the tensor that differs most', () => {
  const goldens = [
    { name: 'a', actual: [1.01], expected: [1] },
    { name: 'b', actual: [1.02], expected: [1] },
  ];
  expect(compare('case', goldens, tolerance).reason).toMatch(/ b$/);
});

import { describe, expect, it } from 'vitest';
import { chosenQuantities, inOrder } from '../../../client/panels/quantities';
import type { RunEvent } from '../../../runner/runs';
import { measuredIn } from '../../../runner/runs/curves/quantities';

const head = { seq: 0, time: '2024-06-01T10:00:00Z', step: 3 };
const scores = { exact_match: { value: 0.5, n: 4 }, open_accuracy: { value: null, n: 0 } };
const evaluation = { ...head, type: 'evaluation', role: 'validation', split: 'validation', metrics: scores };

describe('measuredIn', () => {
  it.each<[string, object, [string, number][]]>([
    [
      'a step: every number but places and times, and those by name within',
      {
        ...head,
        type: 'step',
        epoch: 1,
        loss: 2,
        learning_rate: 0.1,
        seconds: 3,
        seconds_left: 4,
        update: { vision: 7 },
      },
      [
        ['training loss', 2],
        ['training learning_rate', 0.1],
        ['training update vision', 7],
      ],
    ],
    ['a validation: scores that there are', evaluation, [['validation exact_match', 0.5]]],
    [
      'a validation on a split of its own',
      { ...evaluation, split: 'rad/val', loss: 3 },
      [
        ['validation rad/val exact_match', 0.5],
        ['validation rad/val loss', 3],
      ],
    ],
    ['a test', { ...evaluation, role: 'test', split: 'rad/test' }, [['rad/test exact_match', 0.5]]],
    ['a checkpoint: nothing', { ...head, type: 'checkpoint', file: 'x' }, []],
  ])('%s', (_what, event, expected) => {
    expect(measuredIn(event as RunEvent).map(({ quantity, value }) => [quantity, value])).toEqual(expected);
  });
});

it('puts training before validation before tests, each as it was met', () => {
  const met = ['rad/test a', 'validation b', 'training c', 'validation a', 'training a'];
  expect(inOrder(met)).toEqual(['training c', 'training a', 'validation b', 'validation a', 'rad/test a']);
});

it.each<[(string | undefined)[], string[], string[]]>([
  [[undefined, undefined], [], ['training loss', 'validation']],
  [
    [undefined, undefined],
    ['training loss', 'validation a'],
    ['training loss', 'validation a'],
  ],
  [
    ['training b', 'rad/test a'],
    ['training b', 'rad/test a'],
    ['training b', 'rad/test a'],
  ],
  [
    ['training gone', 'gone'],
    ['training loss', 'validation a'],
    ['training loss', 'validation a'],
  ],
])('of %j, where there is %j, shows %j', (wanted, known, expected) => {
  expect(chosenQuantities(wanted, known)).toEqual(expected);
});

import { describe, expect, it } from 'vitest';
import { checkExpectations, type ExpectedRun } from '../../../runner/reports/expectations';
import { renderExpectations } from '../../../runner/reports/expectations_text';
import type { Result } from '../../../schemas/generated/result';
import type { Expectation } from '../../../schemas/generated/spec';

/** A run of model `m` on task `vqa` with closed accuracy `value` over 54 items; no value = not finished. */
function run(method: string, seed: number, value?: number | null, change: Partial<ExpectedRun> = {}): ExpectedRun {
  const metrics: Result['metrics'] = { 'rad/test': { closed_accuracy: { value: value ?? null, n: 54 } } };
  const result = { metrics } as Result;
  return {
    id: `m--vqa--${method}--seed${seed}`,
    model: 'm',
    task: 'vqa',
    method,
    seed,
    tests: ['rad/test'],
    ...(value === undefined ? {} : { result }),
    ...change,
  };
}

const entry = (rest: object): Expectation =>
  ({ test: 'rad/test', metric: 'closed_accuracy', ...rest }) as unknown as Expectation;

describe('checkExpectations', () => {
  const two = [run('lora', 0, 0.5), run('lora', 1, 0.7), run('base', 0, 0.6), run('base', 1, 0.6)];
  const table: [string, object, ExpectedRun[], [status: string, runs: number][]][] = [
    ['at_least holds at equality', { at_least: 0.6 }, [run('lora', 0, 0.6)], [['passed', 1]]],
    ['at_least fails below', { at_least: 0.6 }, [run('lora', 0, 0.5999)], [['failed', 1]]],
    ['at_most holds at equality', { at_most: 0.6 }, [run('lora', 0, 0.6)], [['passed', 1]]],
    ['at_most fails above', { at_most: 0.6 }, [run('lora', 0, 0.61)], [['failed', 1]]],
    ['both bounds must hold', { at_least: 0.5, at_most: 0.6 }, [run('lora', 0, 0.7)], [['failed', 1]]],
    [
      'every seed must hold without over_seeds',
      { method: 'lora', at_least: 0.6 },
      two,
      [
        ['failed', 1],
        ['passed', 1],
      ],
    ],
    ['mean over seeds', { method: 'lora', over_seeds: 'mean', at_least: 0.6 }, two, [['passed', 2]]],
    ['min over seeds', { method: 'lora', over_seeds: 'min', at_least: 0.51 }, two, [['failed', 2]]],
    ['max over seeds', { method: 'lora', over_seeds: 'max', at_least: 0.7 }, two, [['passed', 2]]],
    ['mean waits for every seed', { over_seeds: 'mean', at_least: 0.1 }, [two[0]!, run('lora', 1)], [['pending', 2]]],
    [
      'better_than compares seed by seed',
      { method: 'lora', better_than: 'base' },
      two,
      [
        ['failed', 1],
        ['passed', 1],
      ],
    ],
    [
      'better_than is not met by the same value',
      { method: 'lora', over_seeds: 'mean', better_than: 'base' },
      two,
      [['failed', 2]],
    ],
    [
      'one run of an untuned reference stands for every seed',
      { method: 'lora', over_seeds: 'mean', better_than: 'base' },
      [run('lora', 0, 0.5), run('lora', 1, 0.8), run('base', 0, 0.6, { untuned: true })],
      [['passed', 2]],
    ],
    [
      'better_than waits for the reference',
      { method: 'lora', better_than: 'base' },
      [run('lora', 0, 1), run('base', 0)],
      [['pending', 1]],
    ],
    [
      'better_than without reference run',
      { method: 'lora', better_than: 'base' },
      [run('lora', 0, 1)],
      [['missing', 1]],
    ],
    ['no items, no value', { at_least: 0 }, [run('lora', 0, null)], [['missing', 1]]],
    ['a metric that was not computed', { metric: 'open_recall', at_least: 0 }, [run('lora', 0, 1)], [['missing', 1]]],
    ['another test set', { test: 'slake/test', at_least: 0 }, [run('lora', 0, 1)], [['missing', 0]]],
    ['another model', { model: ['x', 'y'], at_least: 0 }, [run('lora', 0, 1)], [['missing', 0]]],
    [
      'a list of methods',
      { method: ['lora', 'ffn'], at_least: 0 },
      [run('lora', 0, 1), run('ffn', 0, 1), run('base', 0, 1)],
      [
        ['passed', 1],
        ['passed', 1],
      ],
    ],
    [
      'a grid covers its cells, a cell itself',
      { method: ['grid', 'other-a'], at_least: 0.6 },
      [
        run('grid-a', 0, 1, { grid: 'grid' }),
        run('grid-b', 0, 0, { grid: 'grid' }),
        run('other-a', 0, 1, { grid: 'other' }),
        run('other-b', 0, 1, { grid: 'other' }),
      ],
      [
        ['passed', 1],
        ['failed', 1],
        ['passed', 1],
      ],
    ],
    [
      'sweep points are not joined',
      { over_seeds: 'mean', at_least: 0.6 },
      [
        run('lora', 0, 0.5, { sweep: { 'training.batch_size': 4 } }),
        run('lora', 1, 0.7, { sweep: { 'training.batch_size': 8 } }),
      ],
      [
        ['failed', 1],
        ['passed', 1],
      ],
    ],
  ];
  it.each(table)('%s', (_name, expectation, runs, wanted) => {
    const checks = checkExpectations([entry(expectation)], runs);
    expect(checks.map((check) => [check.status, check.runs.length])).toEqual(wanted);
  });

  it('says what was expected and what was reached in the same words', () => {
    const [check] = checkExpectations([entry({ at_least: 0.6 })], [run('lora', 0, 32 / 54)]);
    expect(check).toMatchObject({
      label: 'closed_accuracy on rad/test ≥ 0.6',
      expected: 'closed_accuracy on rad/test\n≥ 0.6',
      actual: 'closed_accuracy on rad/test\n= 0.5926 (n = 54)',
      message: 'closed_accuracy on rad/test is 0.5926, expected ≥ 0.6.',
    });
  });

  it('names the reference and its value', () => {
    const [check] = checkExpectations(
      [entry({ method: 'lora', over_seeds: 'mean', better_than: 'base' })],
      [run('lora', 0, 0.5), run('base', 0, 0.625)],
    );
    expect(check).toMatchObject({
      label: 'mean closed_accuracy on rad/test > base',
      expected: 'mean closed_accuracy on rad/test\n> 0.625 (base)',
      actual: 'mean closed_accuracy on rad/test\n= 0.5 (1 seed)',
    });
  });
});

describe('renderExpectations', () => {
  it('has a line for each check of the runs at hand', () => {
    const entries = [
      entry({ method: 'lora', at_least: 0.6 }),
      entry({ method: 'lora', over_seeds: 'mean', better_than: 'base' }),
      entry({ method: 'full', at_least: 0.6 }),
    ];
    const runs = [run('lora', 0, 0.5), run('lora', 1), run('base', 0, 0.5), run('base', 1, 0.5)];
    expect(renderExpectations(entries, runs)).toBe(
      [
        '',
        'Expectations:',
        '  failed   lora, seed 0: closed_accuracy on rad/test is 0.5, expected ≥ 0.6.',
        '  pending  lora, seed 1: m--vqa--lora--seed1 is not finished.',
        '  pending  lora, seeds 0, 1: m--vqa--lora--seed1 is not finished.',
        '',
      ].join('\n'),
    );
  });

  it('is silent where nothing is expected', () => expect(renderExpectations([], [run('lora', 0, 1)])).toBe(''));
});

import { describe, expect, it } from 'vitest';
import { atOnce, shared, takeNext } from '../../../runner/executors/share';
import type { PlannedRun } from '../../../runner/plan/types';
import { fakeRun } from '../training/fake';

const needing = (id: string, gigabytes?: number): PlannedRun => ({
  ...fakeRun('/'),
  id,
  ...(gigabytes === undefined
    ? {}
    : {
        memory: {
          bytes: gigabytes * 1e9,
          recomputedBytes: gigabytes * 1e9,
          leastBytes: gigabytes * 1e9,
          savedBytes: 0,
        },
      }),
});
const machine = { cores: 8, memory: 10e9 };

/** Ids of the runs that would go on at once, taken in order. */
function together(runs: PlannedRun[], most: number): string[] {
  const waiting = [...runs];
  const going: PlannedRun[] = [];
  for (let run = takeNext(waiting, going, most, machine); run; run = takeNext(waiting, going, most, machine))
    going.push(run);
  return going.map(({ id }) => id);
}

describe('runs that share a machine', () => {
  it.each<[string, PlannedRun[], number, string[]]>([
    ['no more than asked', [needing('a', 1), needing('b', 1), needing('c', 1)], 2, ['a', 'b']],
    ['no more than fit', [needing('a', 6), needing('b', 3), needing('c', 3)], 3, ['a', 'b']],
    [
      'a later one that fits before one that does not',
      [needing('a', 6), needing('b', 6), needing('c', 3)],
      3,
      ['a', 'c'],
    ],
    ['one that fits beside no other alone', [needing('a', 12), needing('b', 1)], 2, ['a']],
    ['one whose need is unknown alone', [needing('a'), needing('b', 1)], 2, ['a']],
    ['and beside others not', [needing('a', 1), needing('b'), needing('c', 1)], 3, ['a', 'c']],
  ])('%s', (_, runs, most, ids) => expect(together(runs, most)).toEqual(ids));

  it('are as many as asked, as there are cores, or as there are runs', () => {
    const runs = [1, 2, 3].map((n) => needing(String(n)));
    expect([
      atOnce(2, runs, machine),
      atOnce('auto', runs, machine),
      atOnce('auto', runs, { ...machine, cores: 2 }),
    ]).toEqual([2, 3, 2]);
  });

  it('get their part of the threads and their planned memory, where the spec does not say otherwise', () => {
    expect(shared(needing('a', 2), 4, machine).runtime).toMatchObject({ threads: 2, memory: 2e9 });
    expect(shared(needing('a'), 4, machine).runtime).toMatchObject({ threads: 2, memory: 'auto' });
    const told = { ...needing('a', 2), runtime: { ...fakeRun('/').runtime, threads: 5, memory: 3e9 } };
    expect(shared(told, 4, machine).runtime).toMatchObject({ threads: 5, memory: 3e9 });
    expect(shared(needing('a', 2), 1, machine).runtime).toEqual(fakeRun('/').runtime);
  });
});

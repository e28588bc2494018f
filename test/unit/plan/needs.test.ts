/** A step is rehearsed once for all runs that need the same memory. */
import { expect, it, onTestFinished, vi } from 'vitest';
import { findFamily } from '../../../runner/models/families';
import type { Spec } from '../../../schemas/generated/spec';
import { makeWorkspace, spec } from './workspace';

it('seeds share it, and so do later plans; another batch size is another step', async () => {
  const { plan } = makeWorkspace();
  const rehearse = vi.spyOn(findFamily('blip_vqa')!, 'rehearse');
  onTestFinished(() => rehearse.mockRestore());
  const after = async (changed: Spec) => {
    rehearse.mockClear();
    const { runs } = await plan(changed);
    return { count: rehearse.mock.calls.length, memory: runs.map(({ memory }) => memory?.bytes), runs: runs.length };
  };
  // sizes that no other test plans, since what was rehearsed for one is there for all
  const training = { ...spec.training, batch_size: 3, gradient_accumulation_steps: 7 };
  const seeds: Spec = { ...spec, seeds: [0, 1, 2], training };
  const first = await after(seeds);
  expect(first.count).toBeGreaterThan(0);
  expect(first.count).toBeLessThan(first.runs);
  expect(await after(seeds)).toEqual({ ...first, count: 0 });
  const smaller = await after({ ...seeds, training: { ...training, batch_size: 2 } });
  expect(smaller.count).toBe(first.count);
  expect(Math.max(...smaller.memory.map(Number))).toBeLessThan(Math.max(...first.memory.map(Number)));
});

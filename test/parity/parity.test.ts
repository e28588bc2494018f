/** Every golden value of PyTorch, transformers and peft. */
import { expect, it } from 'vitest';
import { openBackend } from '../../runner/backends';
import { renderCase, runParity } from '../../runner/parity';
import { describeShared, sharedPath } from '../shared';

describeShared('parity', 'golden values of PyTorch', () => {
  it('agree within the tolerances of their README, none skipped, none missing or twice in two shares', async () => {
    const backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
    const shares = [1, 2].map((index) => runParity(sharedPath('parity'), { backend }, { shard: { index, of: 2 } }));
    const [some, others] = await Promise.all(shares);
    const cases = [...some!, ...others!];
    const of = (status: string) => cases.filter((one) => one.status === status);
    expect(of('failed').map(renderCase)).toEqual([]);
    expect(of('skipped').map(renderCase)).toEqual([]);
    expect(new Set(of('passed').map(({ name }) => name)).size).toBe(437);
    expect(cases.length).toBe(437);
    expect(others!.length).toBeGreaterThan(100);
  });

  it('with frozen matrices rounded to float16 all that they have a part in agrees within a thousand times as much', async () => {
    const backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 2 });
    const cases = await runParity(sharedPath('parity'), { backend, precision: 'float16' });
    expect(cases.filter(({ status }) => status !== 'passed').map(renderCase)).toEqual([]);
    expect(cases.length).toBe(243);
    // it is a rounding, and not nothing
    expect(cases.some(({ max_error: error, tolerance }) => error! > tolerance! / 1000)).toBe(true);
  });
});

it('a folder that is not there is refused', async () => {
  const backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
  await expect(runParity('/nowhere/at/all', { backend })).rejects.toMatchObject({ code: 'MP2001' });
});

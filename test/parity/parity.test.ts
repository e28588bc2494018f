/** Every golden value of PyTorch, transformers and peft. */
import { expect, it } from 'vitest';
import { openBackend } from '../../runner/backends';
import { renderCase, runParity } from '../../runner/parity';
import { describeShared, sharedPath } from '../shared';

describeShared('parity', 'golden values of PyTorch', () => {
  it('agree within the tolerances of their README, none skipped', { timeout: 300_000 }, async () => {
    const backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
    const cases = await runParity(sharedPath('parity'), backend);
    const of = (status: string) => cases.filter((one) => one.status === status);
    expect(of('failed').map(renderCase)).toEqual([]);
    expect(of('skipped').map(renderCase)).toEqual([]);
    expect(of('passed').length).toBe(437);
  });
});

it('a folder that is not there is refused', async () => {
  const backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
  await expect(runParity('/nowhere/at/all', backend)).rejects.toMatchObject({ code: 'MP2001' });
});

/** Every golden value of PyTorch, transformers and peft that this version can compute, and the exact list of those that it cannot. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { openBackend } from '../../runner/backends';
import { renderCase, runParity } from '../../runner/parity';
import { describeShared, sharedPath } from '../shared';

describeShared('parity', 'golden values of PyTorch', () => {
  it('agree within the tolerances of their README; what is skipped is listed', { timeout: 300_000 }, async () => {
    const backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
    const cases = await runParity(sharedPath('parity'), backend);
    const of = (status: string) => cases.filter((one) => one.status === status);
    expect(of('failed').map(renderCase)).toEqual([]);
    expect(of('skipped').every(({ reason }) => reason)).toBe(true);
    const listed = readFileSync(path.join(import.meta.dirname, 'skipped.txt'), 'utf8')
      .trim()
      .split('\n');
    expect(of('skipped').map(({ name }) => name)).toEqual(listed);
    expect(of('passed').length).toBeGreaterThanOrEqual(153);
  });
});

it('a folder that is not there is refused', async () => {
  const backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
  await expect(runParity('/nowhere/at/all', backend)).rejects.toMatchObject({ code: 'MP2001' });
});

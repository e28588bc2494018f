/** A GPU that is lost or full in mid-run, and a run that goes on on another device. */
import path from 'node:path';
import { expect, it } from 'vitest';
import { MedpeftError } from '../../../runner/errors';
import { readHeader, readTensor } from '../../../runner/models/safetensors';
import type { PlannedRun } from '../../../runner/plan/types';
import { effectiveEvents, readEvents } from '../../../runner/runs';
import { asDeviceError } from '../../../runner/training/device_lost';
import { executeRun } from '../../../runner/training/execute';
import { asMemoryError } from '../../../runner/training/out_of_memory';
import { diagnose } from '../../../runner/training/supervise';
import { describeWebGpu } from '../../webgpu';
import { temporaryFolder } from '../runs/fixture';
import { tinyRun } from './tiny';

it.each([
  ['Dawn', 'Device lost: Unknown reason', 'MP3103'],
  ['Vulkan', 'vkQueueSubmit failed with VK_ERROR_DEVICE_LOST', 'MP3103'],
  ['Direct3D', 'DXGI_ERROR_DEVICE_REMOVED', 'MP3103'],
  ['CUDA', 'CUDA failure 719: unspecified launch failure ; GPU=0', 'MP3103'],
  ['Vulkan', 'vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY', 'MP4010'],
  ['CUDA', 'CUDA failure 2: out of memory ; GPU=0', 'MP4010'],
  ['WebGPU', 'Buffer size (5368709120) exceeds the max buffer size limit (2147483648).', 'MP4010'],
])('%s: %s', (_, words, code) => {
  const error = asDeviceError(asMemoryError(new Error(words)));
  expect(error).toMatchObject({ code, hint: expect.stringContaining('medpeft resume') });
});

it('anything else stays what it is', () => {
  const error = new Error('the lost and found office');
  expect(asDeviceError(error)).toBe(error);
  const told = new MedpeftError('MP3101', 'device lost');
  expect(asDeviceError(told)).toBe(told);
});

it('a process that ended with its GPU says so', () => {
  const end = { code: null, signal: 'SIGABRT' as const, lastWords: 'Error: Device lost: reset', memoryKill: false };
  expect(diagnose(end, '')).toMatchObject({ code: 'MP3103', message: expect.stringContaining('lost') });
});

/** Losses and trained values of runs that go on on another device: equal up to rounding, which 4 steps at a rate of 0.03 enlarge. */
const tolerance = { loss: 1e-4, trained: 1e-3 };

describeWebGpu('a run that begins on the processor and goes on on a GPU', () => {
  it('comes to the same curve and tensors within tolerance, and says that it is not exact', {
    timeout: 600_000,
  }, async () => {
    const whole = shortRun();
    const moved = shortRun();
    expect(await executeRun(whole, { stop: () => false, onEvent: () => {} })).toBe('finished');
    let step = 0;
    const first = executeRun(moved, {
      stop: () => step >= 6,
      onEvent: (event) => {
        if (event.type === 'step') step = event.step;
      },
    });
    expect(await first).toBe('cancelled');
    const elsewhere = { ...moved, runtime: { ...moved.runtime, device: 'webgpu' } };
    expect(await executeRun(elsewhere, { stop: () => false, onEvent: () => {} })).toBe('finished');

    const resumed = readEvents(folderOf(moved)).events.find(({ type }) => type === 'run_resumed');
    expect(resumed).toMatchObject({ from_step: 6, bit_exact: false });
    const [losses, expected] = [lossesOf(moved), lossesOf(whole)];
    expect(losses).toHaveLength(10);
    for (const [i, loss] of losses.entries()) expect(Math.abs(loss - expected[i]!)).toBeLessThan(tolerance.loss);
    const [trained, golden] = [deltaOf(moved), deltaOf(whole)];
    expect([...trained.tensors.keys()]).toEqual([...golden.tensors.keys()]);
    for (const name of golden.tensors.keys()) {
      const [values, wanted] = [readTensor(trained, name), readTensor(golden, name)];
      const largest = Math.max(...wanted.map(Math.abs));
      for (const [i, value] of wanted.entries())
        expect(Math.abs(values[i]! - value)).toBeLessThanOrEqual(tolerance.trained * largest);
    }
  });
});

/** Ten steps and one validation, at their end: a GPU in software takes a second for each. */
function shortRun(): PlannedRun {
  const run = tinyRun(temporaryFolder(), 'lora');
  return { ...run, training: { ...run.training, max_steps: 10, eval_steps: 10, save_steps: 10 } };
}

const folderOf = ({ outputDir, id }: PlannedRun) => path.join(outputDir, id);
const lossesOf = (run: PlannedRun) =>
  effectiveEvents(readEvents(folderOf(run)).events).flatMap((event) =>
    event.type === 'step' ? [event.loss ?? Number.NaN] : [],
  );
const deltaOf = (run: PlannedRun) => readHeader(path.join(folderOf(run), 'adapter/delta.safetensors'));

/** Runs on TensorFlow.js through the built command line, beside the same runs on onnxruntime. */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { tfjsVersion } from '../../../runner/backends/tfjs/place';
import { readHeader, readTensor } from '../../../runner/models/safetensors';
import { cli } from '../../programs';
import { hasTfjs } from '../../shared';
import { temporaryFolder } from '../runs/fixture';
import { workspace } from '../training/tiny';

/** Three steps of a method of the tiny spec with this `runtime`. */
function trained(method: string, runtime: Record<string, unknown>, environment: NodeJS.ProcessEnv = {}) {
  const folder = temporaryFolder();
  cpSync(workspace, folder, { recursive: true, filter: (file) => path.basename(file) !== 'runs' });
  const spec = path.join(folder, 'tiny.medpeft.json');
  writeFileSync(
    spec,
    readFileSync(spec, 'utf8').replace(/"runtime": \{[^}]*\}/, `"runtime": ${JSON.stringify(runtime)}`),
  );
  const words = [cli, 'run', spec, '--method', method, '--max-steps', '3'];
  const { status, stderr } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  const done = () => {
    const run = path.join(folder, 'runs', readdirSync(path.join(folder, 'runs'))[0]!);
    const delta = readHeader(path.join(run, 'adapter/delta.safetensors'));
    return {
      manifest: JSON.parse(readFileSync(path.join(run, 'manifest.json'), 'utf8')),
      tensors: [...delta.tensors.keys()].map((name) => readTensor(delta, name)),
    };
  };
  return { status, stderr, done };
}

describe.runIf(hasTfjs())('a run on tfjs', () => {
  const reference = () => trained('lora', { backend: 'onnxruntime', device: 'cpu' }).done();
  let known: ReturnType<typeof reference> | undefined;

  it.each(['cpu', 'wasm', 'js'])('device %s, trains what onnxruntime trains, and says what computed', (device) => {
    const ours = trained('lora', { backend: 'tfjs', device });
    expect(ours).toMatchObject({ status: 0 });
    const { manifest, tensors } = ours.done();
    known ??= reference();
    expect(tensors.length).toBe(known.tensors.length);
    for (const [i, tensor] of tensors.entries())
      for (const [j, value] of tensor.entries()) expect(value).toBeCloseTo(known.tensors[i]![j]!, 3);
    expect(manifest.runtime).toMatchObject({ backend: 'tfjs', device });
    expect(manifest.versions.tfjs).toMatch(new RegExp(`^${tfjsVersion}${device === 'cpu' ? ', TensorFlow 2' : '$'}`));
  });

  it('where no device is named it competes with onnxruntime, and the manifest says how that ended', () => {
    const ours = trained('lora', { threads: 1 });
    expect(ours).toMatchObject({ status: 0 });
    expect(ours.stderr).not.toContain('oneDNN');
    const { runtime } = ours.done().manifest;
    expect(runtime).toMatchObject({ chosen_automatically: true });
    expect(runtime.chosen_because).toMatch(/a small layer took .*\d ms, .*\d ms/);
    expect(runtime.chosen_because).toContain('tfjs cpu');
  });
});
if (!hasTfjs()) it.skip('runs on tfjs: it needs `npm run setup:tfjs`');

it('without its packages a run on tfjs ends with what to do', () => {
  const { status, stderr } = trained('lora', { backend: 'tfjs' }, { MEDPEFT_TFJS: temporaryFolder() });
  expect(status).toBe(1);
  expect(stderr).toMatch(/MP3101.*@tensorflow\/tfjs-node, which is not installed/);
  expect(stderr).toContain('npm run setup:tfjs');
});

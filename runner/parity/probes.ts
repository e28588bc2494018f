/** Added methods with random values, which no identity at the start hides: loss, logits and gradients. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { readHeader, readTensor } from '../models/safetensors';
import { compare, skipped, tolerances } from './compare';
import { readBatch, readJson } from './folders';
import { goldenName, type MethodFolder, withMethod } from './methods';
import { hfLoss } from './models';
import { fill } from './trajectories';
import type { Computing, ParityCase } from './types';

export async function* probes(methods: readonly MethodFolder[], on: Computing): AsyncIterable<ParityCase> {
  for (const method of methods) {
    const has = (file: string) => existsSync(path.join(method.folder, file));
    if (!has('probe.safetensors')) continue;
    if (method.unsupported)
      for (const of of ['loss', 'logits', 'gradients']) yield skipped(`${method.name}/probe/${of}`, method.unsupported);
    else
      yield* await withMethod(method, on, async (model) => {
        fill(model, method, 'probe.safetensors');
        const batch = readBatch(method.model.folder, 'mb0');
        const result = await model.lossAndGradients(batch, hfLoss, model.targetTokens(batch));
        const logits = (await model.hiddenStates(batch)).get('logits')!.data;
        const { loss, without_gradient: without } = readJson<{ loss: number; without_gradient?: string[] }>(
          method.folder,
          'probe.json',
        );
        const unreached = new Set(without);
        const out = readHeader(path.join(method.folder, 'probe_out.safetensors'));
        const gradients = model.trainables.map((trainable) => {
          const name = goldenName(method, trainable);
          const actual = result.gradients.get(trainable.name) ?? new Float32Array(trainable.value.length);
          // What no gradient reaches has none in the reference, and zeros here.
          const expected = unreached.has(name) ? new Float32Array(actual.length) : readTensor(out, `grad.${name}`);
          return { name, actual, expected };
        });
        return [
          compare(
            `${method.name}/probe/loss`,
            [{ name: 'loss', actual: [result.loss], expected: [loss] }],
            tolerances.loss,
          ),
          compare(
            `${method.name}/probe/logits`,
            [{ name: 'logits', actual: logits, expected: readTensor(out, 'logits') }],
            tolerances.logits,
          ),
          compare(`${method.name}/probe/gradients`, gradients, tolerances.gradients),
        ];
      });
  }
}

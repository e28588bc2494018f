/** Gradients of each model on its first micro-batch: of every tensor, and of the LayerNorms under the MISS loss. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { readHeader, readTensor } from '../models/safetensors';
import type { LossSettings } from '../models/types';
import { compare, type Golden, skipped, tolerances } from './compare';
import { className, modelFolders, readBatch, readJson, targetTokens } from './folders';
import { hfLoss, missLoss, withModel } from './models';
import type { ParityCase, ParityContext } from './types';

const files: readonly { file: string; case: string; loss: LossSettings }[] = [
  { file: 'grads.safetensors', case: 'gradients', loss: hfLoss },
  { file: 'miss_loss_layernorm_grads.safetensors', case: 'gradients-miss-loss-layernorm', loss: missLoss },
];

export async function* gradients({ root, ...on }: ParityContext): AsyncIterable<ParityCase> {
  for (const model of modelFolders(root))
    for (const { file, case: name, loss } of files) {
      const golden = path.join(model.folder, file);
      if (!existsSync(golden)) continue;
      if (!model.family) {
        yield skipped(`${model.name}/${name}`, `${className(model)} is not supported`);
        continue;
      }
      const header = readHeader(golden);
      const zero = readJson<{ exactly_zero_gradient_float32_residue: Record<string, number> }>(
        model.folder,
        'forward.json',
      ).exactly_zero_gradient_float32_residue;
      const batch = readBatch(model.folder, 'mb0');
      const normalizer = loss.kind === 'hf' ? targetTokens(batch) : batch.ids.length;
      const goldens = await withModel(
        model,
        on,
        (parameter) => header.tensors.has(parameter.name),
        async (loaded) => {
          const result = await loaded.lossAndGradients(batch, loss, normalizer);
          return [...header.tensors.keys()].map(
            (tensor): Golden => ({
              name: tensor,
              actual: result.gradients.get(tensor) ?? [],
              expected: readTensor(header, tensor),
            }),
          );
        },
      );
      const isZero = ({ name }: Golden) => name in zero;
      yield compare(
        `${model.name}/${name}`,
        goldens.filter((golden) => !isZero(golden)),
        tolerances.gradients,
      );
      const zeros = goldens.filter(isZero);
      if (zeros.length > 0) yield compare(`${model.name}/${name}-exactly-zero`, zeros, tolerances.zeroGradients);
    }
}

/** Hidden states, logits and losses of each model on its first micro-batch. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { readHeader, readTensor } from '../models/safetensors';
import type { LossSettings } from '../models/types';
import { compare, skipped, tolerances } from './compare';
import { className, modelFolders, readBatch, readJson, rowOf, targetTokens } from './folders';
import { hfLoss, missLoss, withModel } from './models';
import type { ParityCase, ParityContext } from './types';

/** Loss in forward.json -> what it is; `rows` divides by the rows of the batch. */
const losses: Readonly<Record<string, LossSettings & { per: 'tokens' | 'rows' }>> = {
  hf_mean_over_target_tokens: { ...hfLoss, per: 'tokens' },
  'mean_smoothing_0.1': { kind: 'hf', labelSmoothing: 0.1, per: 'tokens' },
  'miss_sum_over_batch_size_smoothing_0.1': { ...missLoss, per: 'rows' },
  sum_over_batch_size_no_smoothing: { kind: 'miss', labelSmoothing: 0, per: 'rows' },
};
/** Sum of the token losses of each row. */
const rowSums: Readonly<Record<string, number>> = { row_sums: 0, 'row_sums_smoothing_0.1': 0.1 };
/** BLIP's loss: each row's sum of token losses times the weight of its answer, divided by the rows. A spec has no such weights: they are put to the rows here. */
function answerWeights(name: string): { weights: number[]; labelSmoothing: number } | undefined {
  const [, list, smoothing] = /^blip_weighted\[([\d.,]+)\]_sum_over_batch_size_smoothing_([\d.]+)$/.exec(name) ?? [];
  return list === undefined ? undefined : { weights: list.split(',').map(Number), labelSmoothing: Number(smoothing) };
}
/** Values that show what is not computed, for comparison. */
const otherBehaviour = /without_cross_mask|^vision\.pooled$/;

export async function* forward({ root, ...on }: ParityContext): AsyncIterable<ParityCase> {
  for (const model of modelFolders(root)) {
    const golden = path.join(model.folder, 'forward.safetensors');
    if (!existsSync(golden)) continue;
    const header = readHeader(golden);
    const { losses: expected } = readJson<{ losses: Record<string, number | number[]> }>(model.folder, 'forward.json');
    const states = [...header.tensors.keys()].filter((name) => !otherBehaviour.test(name)).sort();
    const lossNames = Object.keys(expected ?? {});
    if (!model.family) {
      for (const name of states) yield skipped(`${model.name}/forward/${name}`, `${className(model)} is not supported`);
      for (const name of lossNames) yield skipped(`${model.name}/loss/${name}`, `${className(model)} is not supported`);
      continue;
    }
    const batch = readBatch(model.folder, 'mb0');
    yield* await withModel(
      model,
      on,
      () => false,
      async (loaded) => {
        const actual = await loaded.hiddenStates(batch);
        const cases = states.map((name) => {
          const golden = { name, actual: actual.get(name)?.data ?? [], expected: readTensor(header, name) };
          return compare(
            `${model.name}/forward/${name}`,
            [golden],
            tolerances[name === 'logits' ? 'logits' : 'hiddenStates'],
          );
        });
        for (const name of lossNames) {
          const settings = losses[name];
          const smoothing = rowSums[name];
          const weighted = answerWeights(name);
          const actual: number[] = [];
          if (settings)
            actual.push(
              await loaded.loss(batch, settings, settings.per === 'tokens' ? targetTokens(batch) : batch.ids.length),
            );
          else if (smoothing !== undefined)
            for (const row of batch.ids.keys())
              actual.push(await loaded.loss(rowOf(batch, row), { kind: 'hf', labelSmoothing: smoothing }, 1));
          else if (weighted) {
            let sum = 0;
            for (const row of batch.ids.keys())
              sum += weighted.weights[row]! * (await loaded.loss(rowOf(batch, row), { kind: 'miss', ...weighted }, 1));
            actual.push(sum / batch.ids.length);
          } else {
            cases.push(skipped(`${model.name}/loss/${name}`, 'no loss of this name is known'));
            continue;
          }
          const golden = { name, actual, expected: [expected[name]!].flat() };
          const tolerance = settings || weighted ? tolerances.loss : tolerances.lossInTraining;
          cases.push(compare(`${model.name}/loss/${name}`, [golden], tolerance));
        }
        return cases;
      },
    );
  }
}

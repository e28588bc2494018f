// Dropout: what is drawn, where it acts, and that it is the same whenever it is computed again. Sites as in transformers' modeling_blip_text.py and peft's LoRA.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBatch, writeRandomModel } from '../../../bench/random_model';
import { type Backend, openBackend } from '../../../runner/backends';
import { adapterMethods } from '../../../runner/methods';
import type { Selection } from '../../../runner/methods/types';
import { inspectCheckpoint } from '../../../runner/models';
import { dropoutMask } from '../../../runner/models/dropout';
import { loadModel } from '../../../runner/models/load';
import type { InspectableModel, LossSettings, Parameter } from '../../../runner/models/types';
import type { Adapter } from '../../../schemas/generated/spec';

const noise = { seed: 3, step: 7, microBatch: 1 };

describe('a mask', () => {
  const count = 200_000;
  it.each([0.05, 0.1, 0.5, 0.9])('of rate %d drops that share and keeps the mean', (rate) => {
    const mask = dropoutMask(noise, 'site', rate, count);
    const dropped = mask.filter((value) => value === 0).length;
    // five standard deviations of a binomial
    expect(Math.abs(dropped - count * rate)).toBeLessThan(5 * Math.sqrt(count * rate * (1 - rate)));
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
    const mean = mask.reduce((sum, value) => sum + value, 0) / count;
    expect(Math.abs(mean - 1)).toBeLessThan(5 * Math.sqrt(rate / (1 - rate) / count));
  });
  it('has neighbours that know nothing of each other', () => {
    const mask = dropoutMask(noise, 'site', 0.5, count);
    for (const lag of [1, 2, 16, 768]) {
      let equal = 0;
      for (let i = lag; i < count; i++) if (mask[i] === mask[i - lag]) equal++;
      expect(Math.abs(equal / (count - lag) - 0.5)).toBeLessThan(5 * 0.5 * Math.sqrt(1 / (count - lag)));
    }
  });
  it.each([
    ['seed', { ...noise, seed: 4 }, 'site'],
    ['step', { ...noise, step: 8 }, 'site'],
    ['micro-batch', { ...noise, microBatch: 0 }, 'site'],
    ['site', noise, 'other'],
  ])('is another one with another %s, independent of the first', (_what, other, site) => {
    const [a, b] = [dropoutMask(noise, 'site', 0.5, count), dropoutMask(other, site, 0.5, count)];
    const equal = a.filter((value, i) => value === b[i]).length;
    expect(Math.abs(equal / count - 0.5)).toBeLessThan(0.006);
  });
  it('is the same whenever it is drawn', () =>
    expect(dropoutMask(noise, 'site', 0.3, 99)).toEqual(dropoutMask(noise, 'site', 0.3, 99)));
});

const size = {
  imageSize: 16,
  patchSize: 8,
  hiddenSize: 16,
  heads: 2,
  visionLayers: 1,
  textLayers: 2,
  vocabulary: 40,
};
const loss: LossSettings = { kind: 'miss', labelSmoothing: 0.1 };
const root = mkdtempSync(path.join(tmpdir(), 'medpeft-dropout-'));
let backend: Backend;
beforeAll(async () => {
  backend = await openBackend({ backend: 'onnxruntime', device: 'cpu', threads: 1 });
});
afterAll(() => rmSync(root, { recursive: true }));

/** A random model whose config.json asks for dropout. */
function folderWith(rates: Record<string, number>): string {
  const folder = path.join(root, JSON.stringify(rates).replace(/\W/g, '_'));
  writeRandomModel(folder, size);
  const file = path.join(folder, 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as { text_config?: object };
  writeFileSync(file, JSON.stringify({ ...config, text_config: { ...config.text_config, ...rates } }));
  return folder;
}

async function using<T>(
  folder: string,
  select: (parameters: readonly Parameter[]) => Selection,
  use: (model: InspectableModel) => Promise<T>,
): Promise<T> {
  const { parameters } = inspectCheckpoint(folder, 'blip_vqa');
  const model = await loadModel({ folder, family: 'blip_vqa', selection: select(parameters), backend, seed: 0 });
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

const tuned =
  (pattern: RegExp) =>
  (parameters: readonly Parameter[]): Selection => ({
    base: parameters.filter(({ name }) => pattern.test(name)).map((parameter) => ({ parameter, group: 'chosen' })),
    added: [],
    matches: [],
  });
const lora =
  (dropout: number) =>
  (parameters: readonly Parameter[]): Selection => {
    const method = adapterMethods.lora!;
    const adapter: Adapter = {
      type: 'lora',
      rank: 2,
      alpha: 4,
      dropout,
      targets: ['query', 'value', 'query_key_value'],
    };
    const components = [...new Set(parameters.map(({ component }) => component))];
    const added = components.flatMap((component) =>
      method.place(
        'low',
        adapter,
        method.matches(
          adapter,
          parameters.filter((one) => one.component === component),
        ),
      ),
    );
    return { base: [], added, matches: [] };
  };
/** B is zero at first, and A has no gradient then. */
function stir(model: InspectableModel): void {
  for (const { value, added } of model.trainables)
    if (added) for (let i = 0; i < value.length; i++) value[i] = Math.sin(7 * i + value.length) / 4;
}

const table: [string, Record<string, number>, (parameters: readonly Parameter[]) => Selection][] = [
  ['of embeddings and results', { hidden_dropout_prob: 0.2 }, tuned(/./)],
  ['of probabilities', { attention_probs_dropout_prob: 0.3 }, tuned(/./)],
  [
    'of both, above a frozen encoder',
    { hidden_dropout_prob: 0.1, attention_probs_dropout_prob: 0.1 },
    tuned(/^text_decoder/),
  ],
  ['of the input of LoRA', {}, lora(0.3)],
];

describe.each(table)('dropout %s', (_where, rates, select) => {
  const batch = randomBatch(size, 4, 2, 5, 4);

  it('is the same for the same pass, another for another, and none without noise', () =>
    using(folderWith(rates), select, async (model) => {
      stir(model);
      const first = await model.lossAndGradients(batch, loss, 4, noise);
      const again = await model.lossAndGradients(batch, loss, 4, noise);
      const other = await model.lossAndGradients(batch, loss, 4, { ...noise, step: 8 });
      const plain = await model.lossAndGradients(batch, loss, 4);
      expect(again.loss).toBe(first.loss);
      for (const [name, gradient] of first.gradients) expect(again.gradients.get(name)).toEqual(gradient);
      expect(other.loss).not.toBe(first.loss);
      expect(plain.loss).not.toBe(first.loss);
      expect(plain.loss).toBeCloseTo(await model.loss(batch, loss, 4), 4);
    }));

  it('has the gradients of its own loss, by central differences with the mask held', () =>
    using(folderWith(rates), select, async (model) => {
      stir(model);
      const { gradients } = await model.lossAndGradients(batch, loss, 4, noise);
      const at = async (value: Float32Array, direction: readonly number[], step: number) => {
        const kept = value.slice();
        for (const [i, d] of direction.entries()) value[i]! += step * d;
        const { loss: moved } = await model.lossAndGradients(batch, loss, 4, noise);
        value.set(kept);
        return moved;
      };
      const largest = [...model.trainables].sort((a, b) => norm(gradients.get(b.name)!) - norm(gradients.get(a.name)!));
      for (const { name, value } of [...largest.slice(0, 6), ...largest.filter((_, i) => i % 9 === 8).slice(0, 4)]) {
        const gradient = gradients.get(name)!;
        const length = norm(gradient);
        if (length < 1e-3) continue;
        // along the gradient the slope is its length
        const direction = Array.from(gradient, (g) => g / length);
        const slope = ((await at(value, direction, 1e-2)) - (await at(value, direction, -1e-2))) / 2e-2;
        expect(Math.abs(slope - length) / length, name).toBeLessThan(0.02);
      }
    }));
});

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

it('on average over masks the loss is near the one without (the scale is right)', () =>
  using(folderWith({}), lora(0.5), async (model) => {
    stir(model);
    const batch = randomBatch(size, 4, 2, 5, 4);
    const plain = (await model.lossAndGradients(batch, loss, 4)).loss;
    const losses = [];
    for (let step = 0; step < 60; step++)
      losses.push((await model.lossAndGradients(batch, loss, 4, { ...noise, step })).loss);
    const mean = losses.reduce((a, b) => a + b) / losses.length;
    expect(Math.abs(mean - plain) / plain).toBeLessThan(0.05);
  }));

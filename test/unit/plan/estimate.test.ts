// What runs share is estimated once: each must have what it has when it is planned alone.
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { findFamily } from '../../../runner/models/families';
import { planRuns } from '../../../runner/plan';
import { loadSpec } from '../../../runner/spec';

const file = path.resolve(import.meta.dirname, '../../fixtures/workspace/estimate.medpeft.json');
const spec = (methods: object) => ({
  version: 1,
  models: { tiny: { family: 'blip_vqa', path: 'model' }, large: { family: 'blip_vqa', path: 'model', image_size: 48 } },
  datasets: { rad: { format: 'vqa_rad', path: 'data' } },
  tasks: {
    short: { type: 'vqa', train: ['rad/train'], metrics: ['exact_match'], max_answer_tokens: 4 },
    long: { type: 'vqa', train: ['rad/train'], metrics: ['exact_match'], max_answer_tokens: 8, max_question_tokens: 6 },
  },
  parameter_groups: { norms: { kind: 'layernorm' } },
  adapters: {
    small: { type: 'lora', rank: 2, targets: ['query'] },
    wide: { type: 'lora', rank: 64, targets: ['query'] },
  },
  methods,
});
const text = { components: { text: 'small' }, learning_rate: 1e-4 };
const methods = {
  base: {},
  small: text,
  rate: { ...text, learning_rate: 1e-3 },
  wide: { ...text, components: { text: 'wide' } },
  norms: { ...text, components: { '*': 'norms' } },
  vision: { ...text, components: { vision_encoder: 'norms' } },
  batch: { ...text, training: { batch_size: 2 } },
  grouped: { ...text, training: { batch_size: 2, batching: 'by_image' } },
  accumulated: { ...text, training: { gradient_accumulation_steps: 2 } },
};
const load = (of: object) => loadSpec(file, { text: JSON.stringify(spec(of)) });
const plan = async (of: object) => (await planRuns(load(of))).runs;

it('a run takes as much memory beside others as alone', async () => {
  const together = new Map((await plan(methods)).map(({ id, memory }) => [id, memory]));
  const some = { rate: methods.rate, wide: methods.wide, grouped: methods.grouped };
  vi.resetModules();
  const fresh = await import('../../../runner/plan');
  const alone = await Promise.all(
    Object.entries(some).map(async ([name, method]) => (await fresh.planRuns(load({ [name]: method }))).runs),
  );
  expect(alone.flat().map(({ id, memory }) => [id, memory])).toEqual(
    alone.flat().map(({ id }) => [id, together.get(id)]),
  );
  const bytes = (model: string, task: string, method: string) =>
    [...together].find(([id]) => id.startsWith(`${model}--${task}--${method}--seed0`))![1]!.bytes;
  expect(bytes('tiny', 'short', 'rate')).toBe(bytes('tiny', 'short', 'small'));
  const sizes = [
    ...['small', 'wide', 'norms', 'vision', 'batch', 'accumulated'].map((method) => bytes('tiny', 'short', method)),
    bytes('large', 'short', 'small'),
    bytes('tiny', 'long', 'small'),
  ];
  expect(new Set(sizes).size).toBe(sizes.length);
});

it('a step is rehearsed once for all seeds, and for later plans of the same', async () => {
  const rehearse = vi.spyOn(findFamily('blip_vqa')!, 'rehearse');
  onTestFinished(() => rehearse.mockRestore());
  const seeds = (batch: number) => ({
    ...spec({ small: { ...text, training: { batch_size: batch } } }),
    seeds: [0, 1, 2],
  });
  const count = async (batch: number) => {
    rehearse.mockClear();
    const { runs } = await planRuns(loadSpec(file, { text: JSON.stringify(seeds(batch)) }));
    expect(runs).toHaveLength(12);
    return rehearse.mock.calls.length;
  };
  expect(await count(1)).toBe(4);
  expect(await count(1)).toBe(0);
  expect(await count(3)).toBe(4);
});

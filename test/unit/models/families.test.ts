// Expected names, shapes and counts: ../shared/parity (torch state dicts of transformers 5.23) and the counted full-size figures of MISS.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { families } from '../../../runner/models/index';
import { missName } from '../../../runner/models/miss';
import { readHeader, sizeOf } from '../../../runner/models/safetensors';
import { describeShared, sharedPath } from '../../shared';

const fullSize = {
  architectures: ['BlipForQuestionAnswering'],
  vision_config: { image_size: 480 },
  text_config: { num_attention_heads: 12 },
};

it.each(['blip_vqa', 'miss'])('%s at full size has 361,478,972 parameters, 153,600 of them in LayerNorms', (id) => {
  const parameters = families[id]!.parameters(fullSize);
  const count = (some: typeof parameters) => some.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  expect(count(parameters)).toBe(361_478_972);
  expect(count(parameters.filter(({ kind }) => kind === 'layernorm'))).toBe(153_600);
});

it.each([
  [{ architectures: ['LlavaForConditionalGeneration'], model_type: 'llava' }, 'LlavaForConditionalGeneration'],
  [{ architectures: ['BlipForConditionalGeneration'], model_type: 'blip' }, 'BlipForConditionalGeneration'],
  [{}, 'null'],
])('refuses the config of another class: %j', (config, named) => {
  expect(() => families.blip_vqa!.parameters(config)).toThrow(named);
});

describeShared('parity', 'names and shapes of the golden models', () => {
  const config = (): unknown => JSON.parse(readFileSync(sharedPath('parity/blip-vqa/config.json'), 'utf8'));
  const tensors = (model: string) => readHeader(sharedPath(`parity/${model}/model.safetensors`)).tensors;

  it.each([
    ['blip_vqa', 'blip-vqa', 0],
    ['miss', 'miss-keys', 4],
    ['miss', 'blip-vqa', 0],
  ])('%s finds a place for every tensor of %s', (id, model, extras) => {
    const file = tensors(model);
    const placed = families[id]!.place(config(), [...file.keys()]);
    expect({ missing: placed.missing, unplaced: placed.unplaced }).toEqual({ missing: [], unplaced: [] });
    expect(placed.extras).toHaveLength(extras);
    for (const { name, shape } of placed.parameters) expect([name, file.get(name)?.shape]).toEqual([name, shape]);
  });

  it('names every tensor as key_names.json does', () => {
    const names: Record<string, string> = JSON.parse(
      readFileSync(sharedPath('parity/miss-keys/key_names.json'), 'utf8'),
    );
    const canonical = families.blip_vqa!.parameters(config()).map((parameter) => parameter.canonical);
    expect(Object.fromEntries(canonical.map((name) => [name, missName(name)]))).toEqual(names);
  });

  it('lists what has no place and what has no tensor', () => {
    const names = [...tensors('blip-vqa').keys()].filter((name) => name !== 'vision_model.post_layernorm.bias');
    const placed = families.blip_vqa!.place(config(), [...names, 'temp', 'text_encoder.pooler.dense.weight']);
    expect(placed.missing).toEqual(['vision_model.post_layernorm.bias']);
    expect(placed.unplaced).toEqual(['temp', 'text_encoder.pooler.dense.weight']);
  });

  it('does not take MISS names for Hugging Face ones', () => {
    expect(families.blip_vqa!.place(config(), [...tensors('miss-keys').keys()]).missing).toHaveLength(30);
  });
});

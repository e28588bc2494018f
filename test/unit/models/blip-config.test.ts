import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseBlipConfig } from '../../../runner/models/blip/config';
import { describeShared, sharedPath } from '../../shared';

it('what is absent has the defaults of transformers 5.23 configuration_blip.py', () => {
  expect(parseBlipConfig({})).toEqual({
    vision: {
      hiddenSize: 768,
      intermediateSize: 3072,
      layers: 12,
      heads: 12,
      imageSize: 384,
      patchSize: 16,
      layerNormEps: 1e-5,
    },
    text: {
      vocabSize: 30524,
      hiddenSize: 768,
      encoderHiddenSize: 768,
      intermediateSize: 3072,
      layers: 12,
      heads: 8,
      maxPositions: 512,
      layerNormEps: 1e-12,
      bosTokenId: 30522,
      sepTokenId: 102,
      padTokenId: 0,
      labelSmoothing: 0,
      hiddenDropout: 0,
      attentionDropout: 0,
    },
  });
});

it.each([
  [{ vision_config: { hidden_size: '768' } }, /vision_config: hidden_size is "768", not a number/],
  [{ vision_config: { hidden_size: 100 } }, /not a multiple of heads/],
  [{ vision_config: { image_size: 100 } }, /not a multiple of patch_size/],
  [{ text_config: { num_hidden_layers: 0 } }, /not a positive count/],
  [{ text_config: { hidden_dropout_prob: 1 } }, /hidden_dropout_prob is 1, not from 0 to below 1/],
  [{ vision_config: { attention_dropout: 0.1 } }, /attention_dropout is 0.1; only 0 is computed/],
  [{ text_config: { hidden_act: 'relu' } }, /hidden_act is "relu"/],
  [{ text_config: { sep_token_id: 40000 } }, /sep_token_id 40000 is not in the vocabulary/],
  [[], /not a JSON object/],
])('refused: %j', (json, message) => {
  expect(() => parseBlipConfig(json)).toThrow(
    expect.objectContaining({ code: 'MP3005', message: expect.stringMatching(message) }),
  );
});

describeShared('parity', 'a config.json that transformers wrote', () => {
  it('is read', () => {
    const config = parseBlipConfig(JSON.parse(readFileSync(sharedPath('parity/blip-vqa/config.json'), 'utf8')));
    expect(config.vision).toMatchObject({ hiddenSize: 24, heads: 3, layerNormEps: 1e-6 });
    expect(config.text).toMatchObject({ vocabSize: 60, heads: 4, bosTokenId: 58, sepTokenId: 2 });
  });
});

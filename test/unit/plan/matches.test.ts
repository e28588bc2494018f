/** What the plan says of each group and adapter's matches. */
import { expect, it } from 'vitest';
import { select } from '../../../runner/methods';
import { inspectCheckpoint } from '../../../runner/models';
import { describeMatches } from '../../../runner/plan/matches';

const { parameters } = inspectCheckpoint('test/fixtures/workspace/model', 'blip_vqa');

it('folds layers, and shows what a suffix takes beside what it was meant for', () => {
  const selection = select(parameters, {
    method: { components: { text_encoder: ['suffix'], vision_encoder: ['norms'] } },
    parameterGroups: { norms: { kind: 'layernorm', parameters: ['weight'] } },
    adapters: { suffix: { type: 'ia3', targets: ['output\\.dense$'] } },
  });
  const at = 'text_encoder.encoder.layer.*';
  expect(describeMatches(selection, parameters)).toEqual([
    {
      component: 'text_encoder',
      name: 'suffix',
      tensors: 6,
      matched: [
        { name: `${at}.attention.output.dense.weight`, layers: '0-1', tensors: 2 },
        { name: `${at}.crossattention.output.dense.weight`, layers: '0-1', tensors: 2 },
        { name: `${at}.output.dense.weight`, layers: '0-1', tensors: 2 },
      ],
    },
    {
      component: 'vision_encoder',
      name: 'norms',
      tensors: 5,
      matched: [
        { name: 'vision_model.encoder.layers.*.layer_norm1.weight', layers: '0-1', tensors: 2 },
        { name: 'vision_model.encoder.layers.*.layer_norm2.weight', layers: '0-1', tensors: 2 },
        { name: 'vision_model.post_layernorm.weight', tensors: 1 },
      ],
    },
  ]);
});

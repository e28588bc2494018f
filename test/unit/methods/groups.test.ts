import { expect, it } from 'vitest';
import { matchGroup, matchTargets, parseLayers } from '../../../runner/methods/index';
import { families } from '../../../runner/models/index';

const parameters = families.miss!.parameters({
  architectures: ['BlipForQuestionAnswering'],
  vision_config: { num_hidden_layers: 12, hidden_size: 24, num_attention_heads: 3, intermediate_size: 56 },
  text_config: { num_hidden_layers: 12, hidden_size: 24, num_attention_heads: 4, intermediate_size: 40 },
});

it.each([
  ['3', [3]],
  ['8-11', [8, 9, 10, 11]],
  ['0,3,6-8', [0, 3, 6, 7, 8]],
  ['11-8', []],
])('layers %s', (text, expected) => expect([...parseLayers(text)]).toEqual(expected));

it.each([
  [{ kind: 'attention', layers: '8-11', components: ['vision_encoder'] }, 16],
  [{ kind: ['attention', 'ffn'], layers: '0', components: ['vision_encoder'] }, 8],
  [{ kind: 'layernorm', components: ['vision_encoder'] }, 50],
  [{ kind: 'layernorm', layers: '0-11', components: ['vision_encoder'] }, 48],
  [{ kind: 'layernorm', pattern: 'crossattention' }, 48],
  [{ pattern: '^visual_encoder\\.blocks\\.0\\.', parameters: ['bias'] }, 6],
  [{ kind: 'projector' }, 0],
] as const)('group %j matches %i tensors', (group, count) => {
  expect(matchGroup(group as never, parameters)).toHaveLength(count);
});

it.each([
  [['query'], 48],
  [['query', 'value'], 96],
  [['query_key_value'], 12],
  [['attention_output'], 12 + 48],
  [['ffn_output'], 36],
  [['crossattention.self.key$'], 24],
  [['query', '\\.query$'], 48],
  [['LayerNorm'], 0],
])('targets %j match %i linear layers', (targets, count) => {
  expect(matchTargets(targets, parameters)).toHaveLength(count);
});

/** What BLIP's decoder is fed where a method puts virtual tokens in front of the answers. */
import { describe, expect, it } from 'vitest';
import type { Batch } from '../../../runner/data/types';
import { parseBlipConfig } from '../../../runner/models/blip/config';
import { causalMask, tokenFeeds } from '../../../runner/models/blip/feeds';
import { targetsOf } from '../../../runner/models/feeds';

const none = { keys: 0, inputs: 0 };
const prefixed = { keys: 2, inputs: 0 };
const prompted = { keys: 0, inputs: 2 };

describe('targets', () => {
  // -100 is no target, and neither is the first token: logits[:, :-1] meet labels[:, 1:]. Behind a prompt of 2 the labels are [-100, -100, ...labels].
  const batch = { labels: Int32Array.of(5, 6, 7, 5, 6, -100), answerLength: 3 } as Batch;
  it.each([
    ['nothing in front', none, [0, 1, 3], [6, 7, 6]],
    ['a prefix', prefixed, [0, 1, 3], [6, 7, 6]],
    ['a prompt, whose last place foretells the first token', prompted, [1, 2, 3, 6, 7], [5, 6, 7, 5, 6]],
  ])('with %s', (_name, front, rows, labels) => {
    expect(targetsOf(batch, front)).toEqual({ rows, labels });
  });
});

describe('masks', () => {
  const seen = (front: typeof none) => {
    const { data, shape } = causalMask([1, 1, 0], 1, 3, front);
    const width = shape[3]!;
    return Array.from({ length: shape[2]! }, (_, query) =>
      Array.from({ length: width }, (_, key) => (data[query * width + key] === 0 ? '1' : '0')).join(''),
    );
  };
  it('hide later tokens and padding, and no virtual token before', () => {
    expect(seen(none)).toEqual(['100', '110', '110']);
    expect(seen(prefixed)).toEqual(['11100', '11110', '11110']);
    expect(seen(prompted)).toEqual(['10000', '11000', '11100', '11110', '11110']);
  });
});

describe('positions', () => {
  const config = parseBlipConfig({
    text_config: { hidden_size: 8, num_attention_heads: 2, max_position_embeddings: 5 },
    vision_config: {},
  });
  const positions = (front: typeof none) =>
    [...new Map(tokenFeeds('answer', [1, 2, 3], 1, 3, config, front)).get('answer.positions')!.data].map(Number);
  it('are counted from the virtual tokens, which have some of their own only as inputs', () => {
    expect(positions(none)).toEqual([0, 1, 2]);
    expect(positions(prefixed)).toEqual([2, 3, 4]);
    expect(positions(prompted)).toEqual([0, 1, 2, 3, 4]);
  });
  it('that the model does not have are refused', () => {
    expect(() => positions({ keys: 3, inputs: 0 })).toThrow(/6 tokens, 3 of them virtual/);
  });
});

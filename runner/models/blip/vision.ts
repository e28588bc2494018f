/** BLIP's vision transformer as blocks. Source: transformers `modeling_blip.py`; Dosovitskiy et al. 2020, arXiv 2010.11929. */
import { gelu } from '../../programs/ops/gelu';
import { splitColumns } from '../../programs/ops/heads';
import { patchRows, tokensAndPositions } from '../../programs/ops/patch_embedding';
import type { Split } from '../chain';
import { headGroups, imageAttention } from '../image_attention';
import type { Block } from '../modules';
import type { BlipVisionConfig } from './config';

/** Tokens of one image: patches and the class token. */
export function imageTokens({ imageSize, patchSize }: BlipVisionConfig): number {
  return (imageSize / patchSize) ** 2 + 1;
}

/** Bytes of the widest tensor of a layer, the inner one of its FFN, that are worked on at once: more makes no product quicker, but holds more memory. */
const enough = 8 * 2 ** 20;

/** Images meet each other nowhere in the encoder. */
export function visionSplit(config: BlipVisionConfig): Split {
  const tokens = imageTokens(config);
  const widest = tokens * config.intermediateSize * Float32Array.BYTES_PER_ELEMENT;
  return { rows: { pixels: 1, x: tokens, out: tokens }, atOnce: Math.max(1, Math.floor(enough / widest)) };
}

/** pixels [U, 3, H, W] -> out [U·P, D]: patches, class token, positions. */
export function visionEmbeddings(config: BlipVisionConfig): Block {
  const { hiddenSize: d, patchSize: p, imageSize } = config;
  return {
    key: `vision_embeddings ${imageSize} ${p} ${d}`,
    build(m) {
      const { tape } = m;
      const pixels = tape.input('pixels', ['U', 3, imageSize, imageSize]);
      const patches = m.linear('patch_embedding', patchRows(tape, pixels, p), d);
      const cls = tape.parameter('class_embedding', [1, 1, d]);
      const positions = tape.parameter('position_embedding', [1, imageTokens(config), d]);
      tape.output('out', tokensAndPositions(tape, patches, cls, positions, 'U'));
    },
  };
}

/** x [U·P, D] -> out [U·P, D]: x + attention(LN x), then that + FFN(LN …); query, key and value are one fused projection. */
export function visionBlock(config: BlipVisionConfig): Block {
  const { hiddenSize: d, intermediateSize: f, heads, layerNormEps: eps } = config;
  const tokens = imageTokens(config);
  const groups = headGroups({ tokens, heads });
  return {
    key: `vision_block ${tokens} ${d} ${f} ${heads} ${eps}`,
    build(m) {
      const { tape } = m;
      const x = tape.input('x', ['N', d]);
      const fused = m.linear('self_attn.qkv', m.layerNorm('layer_norm1', x, eps), 3 * d);
      const columns = splitColumns(tape, fused, 3 * groups);
      const inGroups = [0, 1, 2].map((part) => columns.slice(part * groups, (part + 1) * groups));
      const context = imageAttention(tape, inGroups, { tokens, heads, width: d / heads });
      const attended = m.output('self_attn', m.linear('self_attn.projection', context, d), x);
      const inner = gelu(tape, m.linear('mlp.fc1', m.layerNorm('layer_norm2', attended, eps), f));
      tape.output('out', m.output('mlp', m.linear('mlp.fc2', inner, d), attended));
    },
  };
}

/** x [U·P, D] -> out [U·P, D]: the final LayerNorm. */
export function visionNorm({ hiddenSize, layerNormEps }: BlipVisionConfig): Block {
  return {
    key: `vision_norm ${hiddenSize} ${layerNormEps}`,
    build(m) {
      m.tape.output('out', m.layerNorm('post_layernorm', m.tape.input('x', ['N', hiddenSize]), layerNormEps));
    },
  };
}

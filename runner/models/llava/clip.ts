/** CLIP's vision transformer as blocks, as far as LLaVA runs it. Source: transformers `modeling_clip.py`; Radford et al. 2021, arXiv 2103.00020. */
import { gelu } from '../../programs/ops/gelu';
import { geluTanh } from '../../programs/ops/gelu_tanh';
import { splitColumns } from '../../programs/ops/heads';
import { patchRows, tokensAndPositions } from '../../programs/ops/patch_embedding';
import { geluQuick } from '../../programs/ops/swish';
import { headGroups, imageAttention } from '../image_attention';
import type { Block } from '../modules';
import type { ClipVisionConfig } from './config';

/** The activation functions of CLIP's checkpoints, in transformers' words. */
export const activations = { quick_gelu: geluQuick, gelu, gelu_new: geluTanh, gelu_pytorch_tanh: geluTanh };

/** Tokens of one image: patches and the class token. */
export function clipTokens({ imageSize, patchSize }: ClipVisionConfig): number {
  return (imageSize / patchSize) ** 2 + 1;
}

/** pixels [U, 3, H, W] -> out [U·P, D]: patches (their convolution has no bias), class token, positions. */
export function clipEmbeddings(config: ClipVisionConfig): Block {
  const { hiddenSize: d, patchSize: p, imageSize } = config;
  return {
    key: `clip_embeddings ${imageSize} ${p} ${d}`,
    build(m) {
      const { tape } = m;
      const pixels = tape.input('pixels', ['U', 3, imageSize, imageSize]);
      const patches = m.linear('patch_embedding', patchRows(tape, pixels, p), d, { bias: false });
      const cls = tape.parameter('class_embedding', [1, 1, d]);
      const positions = tape.parameter('position_embedding.weight', [1, clipTokens(config), d]);
      tape.output('out', tokensAndPositions(tape, patches, cls, positions, 'U'));
    },
  };
}

/** x [U·P, D] -> out [U·P, D]: the LayerNorm before the first layer. Its name is the reference implementation's, which lacks an e. */
export function clipPreNorm({ hiddenSize, layerNormEps }: ClipVisionConfig): Block {
  return {
    key: `clip_norm ${hiddenSize} ${layerNormEps}`,
    build: (m) => m.tape.output('out', m.layerNorm('pre_layrnorm', m.tape.input('x', ['N', hiddenSize]), layerNormEps)),
  };
}

/** x [U·P, D] -> out [U·P, D]: x + attention(LN x), then that + FFN(LN …). */
export function clipBlock(config: ClipVisionConfig): Block {
  const { hiddenSize: d, intermediateSize: f, heads, layerNormEps: eps, activation } = config;
  const tokens = clipTokens(config);
  const groups = headGroups({ tokens, heads });
  return {
    key: `clip_block ${tokens} ${d} ${f} ${heads} ${eps} ${activation}`,
    build(m) {
      const { tape } = m;
      const x = tape.input('x', ['N', d]);
      const inner = m.layerNorm('layer_norm1', x, eps);
      const inGroups = ['q_proj', 'k_proj', 'v_proj'].map((name) =>
        splitColumns(tape, m.linear(`self_attn.${name}`, inner, d), groups),
      );
      const context = imageAttention(tape, inGroups, { tokens, heads, width: d / heads });
      const attended = m.output('self_attn', m.linear('self_attn.out_proj', context, d), x);
      const wide = activations[activation](tape, m.linear('mlp.fc1', m.layerNorm('layer_norm2', attended, eps), f));
      tape.output('out', m.output('mlp', m.linear('mlp.fc2', wide, d), attended));
    },
  };
}

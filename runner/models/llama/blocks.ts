/** A LLaMA-like decoder as blocks. Source: transformers `modeling_llama.py`; Touvron et al. 2023, arXiv 2302.13971; Jiang et al. 2023, arXiv 2310.06825. */
import type { Value } from '../../programs/graph';
import { attention } from '../../programs/ops/attention';
import { extendCache } from '../../programs/ops/cache';
import { crossEntropy } from '../../programs/ops/cross_entropy';
import { embedding } from '../../programs/ops/embedding';
import { gatherRows } from '../../programs/ops/gather_rows';
import { mergeHeads, splitHeads } from '../../programs/ops/heads';
import { linear } from '../../programs/ops/linear';
import { placeRows } from '../../programs/ops/place_rows';
import { swiglu } from '../../programs/ops/product';
import { rope } from '../../programs/ops/rope';
import type { Block, Modules } from '../modules';
import type { LlamaConfig } from './config';

/**
 * ids int64 [B·S], shape int64 [B, S, D] -> out [N, D]. The padding token gets no gradient. With images also: kept [B·S, 1], 0 where an image's vector stands instead of a
 * word's, else 1; places int64 [M], these rows; features [R, D] and sources int64 [M], the vectors that stand there; features_shape int64 [2]. N is B·S, or more where a
 * prompt is put before each text; before a next token it is not.
 */
export function llamaEmbeddings(
  { vocabSize, hiddenSize: d, padTokenId }: LlamaConfig,
  of: 'text' | 'text with images' | 'next token',
): Block {
  return {
    key: `llama_embeddings ${vocabSize} ${d} ${padTokenId} ${of}`,
    build(m) {
      const { tape } = m;
      const words = tape.parameter('embed_tokens.weight', [vocabSize, d]);
      const word = embedding(tape, words, tape.input('ids', ['N'], 'int64'), padTokenId);
      if (of === 'next token') return tape.output('out', word);
      const written = of === 'text' ? word : withImages(m, word, d);
      tape.output('out', m.embeddings('embed_tokens', written, tape.input('shape', [3], 'int64')));
    },
  };
}

function withImages({ tape }: Modules, word: Value, d: number): Value {
  const sources = tape.input('sources', ['M'], 'int64');
  const shape = tape.input('features_shape', [2], 'int64');
  const features = gatherRows(tape, tape.input('features', ['R', d]), sources, shape);
  return placeRows(tape, word, tape.input('kept', ['N', 1]), tape.input('places', ['M'], 'int64'), features);
}

/**
 * A pre-norm layer: x + attention(RMS x), then that + SwiGLU(RMS …). x [B·S, D], shape int64 [B, S, H, dh], key_shape int64 [B, S, G, dh], cos and sin
 * [B, S, 1, dh / 2], mask [B, 1, S, n + T] with n prefixed keys -> out [B·S, D], T = S.
 *
 * If `cached`, keys and values of earlier tokens are given: past_keys and past_values [Q, L, G, dh], of which row parents[b] (int64 [B]) is continued; T = L + S.
 * Then there are keys and values [B, T, G, dh] among the outputs.
 */
export function llamaBlock(config: LlamaConfig, cached: boolean): Block {
  const { hiddenSize: d, intermediateSize: f, heads, keyHeads, headSize, rmsNormEps: eps } = config;
  const bias = { bias: config.attentionBias };
  return {
    key: `llama_block ${d} ${f} ${heads} ${keyHeads} ${headSize} ${eps} ${config.attentionBias} ${cached}`,
    build(m) {
      const { tape } = m;
      const x = tape.input('x', ['N', d]);
      const shape = tape.input('shape', [4], 'int64');
      const keyShape = tape.input('key_shape', [4], 'int64');
      const cos = tape.input('cos', ['B', 'S', 1, headSize / 2]);
      const sin = tape.input('sin', ['B', 'S', 1, headSize / 2]);
      const inner = m.rmsNorm('input_layernorm', x, eps);
      const project = (name: string, count: number, to: Value) =>
        splitHeads(tape, m.linear(`self_attn.${name}`, inner, count * headSize, bias), to, ['B', 'S', count, headSize]);
      const q = rope(tape, project('q_proj', heads, shape), cos, sin);
      let keys = rope(tape, project('k_proj', keyHeads, keyShape), cos, sin);
      let values = project('v_proj', keyHeads, keyShape);
      if (cached) {
        const parents = tape.input('parents', ['B'], 'int64');
        const past = (of: string) => tape.input(`past_${of}`, ['Q', 'L', keyHeads, headSize]);
        keys = extendCache(tape, past('keys'), parents, keys, 'T');
        values = extendCache(tape, past('values'), parents, values, 'T');
        tape.output('keys', keys);
        tape.output('values', values);
      }
      const seen = m.keysValues('self_attn', keys, values);
      const mask = tape.input('mask', ['B', 1, 'S', seen.keys.shape[1]!]);
      const context = mergeHeads(tape, attention(tape, q, seen.keys, seen.values, mask), 'N', shape);
      const attended = m.output('self_attn', m.linear('self_attn.o_proj', context, d, bias), x);
      const inside = feedForward(m, m.rmsNorm('post_attention_layernorm', attended, eps), d, f);
      tape.output('out', m.output('mlp', inside, attended));
    },
  };
}

function feedForward(m: Modules, x: Value, d: number, f: number): Value {
  const gate = m.linear('mlp.gate_proj', x, f, { bias: false });
  const up = m.linear('mlp.up_proj', x, f, { bias: false });
  return m.linear('mlp.down_proj', swiglu(m.tape, gate, up), d, { bias: false });
}

/** x [N, D] -> out [N, D]: the final norm. */
export function llamaNorm({ hiddenSize, rmsNormEps }: LlamaConfig): Block {
  return {
    key: `llama_norm ${hiddenSize} ${rmsNormEps}`,
    build: (m) => m.tape.output('out', m.rmsNorm('norm', m.tape.input('x', ['N', hiddenSize]), rmsNormEps)),
  };
}

/** The vocabulary's scores of some rows of x. */
function headLogits({ tape }: Modules, { hiddenSize: d, vocabSize }: LlamaConfig): Value {
  const x = tape.input('x', ['N', d]);
  const kept = gatherRows(tape, x, tape.input('rows', ['R'], 'int64'), tape.input('x_shape', [2], 'int64'));
  return linear(tape, kept, tape.parameter('lm_head.weight', [vocabSize, d]));
}

/** x [N, D], rows int64 [R] -> out [R, V]. */
export function llamaScores(config: LlamaConfig): Block {
  return {
    key: `llama_scores ${config.vocabSize} ${config.hiddenSize}`,
    build: (m) => m.tape.output('out', headLogits(m, config)),
  };
}

/** x [N, D], rows and labels int64 [R], normalizer scalar -> out scalar. Only rows with a target are computed. */
export function llamaLoss(config: LlamaConfig, labelSmoothing: number): Block {
  return {
    key: `llama_loss ${config.vocabSize} ${config.hiddenSize} ${labelSmoothing}`,
    build(m) {
      const logits = headLogits(m, config);
      const labels = m.tape.input('labels', ['R'], 'int64');
      m.tape.output('out', crossEntropy(m.tape, logits, labels, m.tape.input('normalizer', []), { labelSmoothing }));
    },
  };
}

/** BLIP's BERT with cross-attention, encoder and decoder, as blocks. Source: transformers `modeling_blip_text.py`; MISS `models/med.py`. */
import type { Value } from '../../programs/graph';
import { attention } from '../../programs/ops/attention';
import { crossEntropy } from '../../programs/ops/cross_entropy';
import { embedding } from '../../programs/ops/embedding';
import { gatherRows } from '../../programs/ops/gather_rows';
import { gelu } from '../../programs/ops/gelu';
import { mergeHeads, regroup, splitHeads } from '../../programs/ops/heads';
import { linear } from '../../programs/ops/linear';
import { residual } from '../../programs/ops/residual';
import type { Block, Modules } from '../modules';
import type { BlipTextConfig } from './config';

/** ids int64 [B·S], shape int64 [B, S, D], positions int64 [N] -> out [N, D]: LN(word + position). The padding word gets no gradient. N is B·S, or more where a prompt stands before each text. */
export function textEmbeddings(config: BlipTextConfig): Block {
  const { hiddenSize: d, vocabSize, maxPositions, padTokenId, layerNormEps } = config;
  return {
    key: `text_embeddings ${vocabSize} ${maxPositions} ${d} ${padTokenId} ${layerNormEps}`,
    build(m) {
      const { tape } = m;
      const words = tape.parameter('word_embeddings.weight', [vocabSize, d]);
      const places = tape.parameter('position_embeddings.weight', [maxPositions, d]);
      const written = embedding(tape, words, tape.input('ids', ['N'], 'int64'), padTokenId);
      const word = m.embeddings('word_embeddings', written, tape.input('shape', [3], 'int64'));
      const place = embedding(tape, places, tape.input('positions', [word.shape[0]!], 'int64'));
      tape.output('out', m.layerNorm('LayerNorm', residual(tape, word, place), layerNormEps));
    },
  };
}

/**
 * A post-LN layer: self-attention, cross-attention, FFN, each LN(x + f(x)).
 * x [B·S, D], shape int64 [B, S, H, dh], mask [B, 1, 1, S], or [B, 1, S, n + S] in a decoder with n prefixed keys; states [C·K, D'] are looked at by cross-attention, states_shape int64
 * [C, K, H, dh]: keys and values are projected once per entry, and the queries of all texts that look at it stand in one row (groups.ts has groups int64 [E], places
 * int64 [B], and the shapes apart and together). A decoder also has a cross_mask [C, 1, 1, K]. -> out [B·S, D].
 */
export function textBlock(config: BlipTextConfig, decoder: boolean): Block {
  const { hiddenSize: d, encoderHiddenSize, intermediateSize: f, heads, layerNormEps: eps } = config;
  const width = d / heads;
  return {
    key: `text_block ${d} ${encoderHiddenSize} ${f} ${heads} ${eps} ${decoder}`,
    build(m) {
      const { tape } = m;
      const x = tape.input('x', ['N', d]);
      const shape = tape.input('shape', [4], 'int64');
      const states = tape.input('states', ['M', encoderHiddenSize]);
      const statesShape = tape.input('states_shape', [4], 'int64');
      const groups = tape.input('groups', ['E'], 'int64');
      const places = tape.input('places', ['B'], 'int64');
      const [apart, together] = [tape.input('apart', [4], 'int64'), tape.input('together', [4], 'int64')];
      const byHead = (value: Value) => splitHeads(tape, value, shape, ['B', 'S', heads, width]);
      const crossByHead = (value: Value) => splitHeads(tape, value, statesShape, ['C', 'K', heads, width]);
      const attend = (path: string, from: Value, look: (queries: Value) => Value): Value => {
        const q = byHead(m.linear(`${path}.self.query`, from, d));
        return afterwards(m, `${path}.output`, from, mergeHeads(tape, look(q), 'N', shape), config);
      };
      const lookTogether = (queries: Value, keys: Value, values: Value, mask?: Value): Value => {
        const grouped = gatherRows(tape, queries, groups, shape);
        const joined = regroup(tape, grouped, together, ['C', 'Q', heads, width], apart);
        const context = attention(tape, joined, keys, values, mask);
        return gatherRows(tape, regroup(tape, context, apart, ['E', 'S', heads, width], together), places, apart);
      };
      const project = (path: string, to: Value, keysByHead: typeof byHead) =>
        (['key', 'value'] as const).map((of) => keysByHead(m.linear(`${path}.self.${of}`, to, d))) as [Value, Value];
      const written = project('attention', x, byHead);
      const { keys, values } = decoder
        ? m.keysValues('attention.self', ...written)
        : { keys: written[0], values: written[1] };
      const selfMask = tape.input('mask', ['B', 1, decoder ? 'S' : 1, keys.shape[1]!]);
      const own = attend('attention', x, (queries) => attention(tape, queries, keys, values, selfMask));
      const crossMask = decoder ? tape.input('cross_mask', ['C', 1, 1, 'K']) : undefined;
      const [crossKeys, crossValues] = project('crossattention', states, crossByHead);
      const crossed = attend('crossattention', own, (q) => lookTogether(q, crossKeys, crossValues, crossMask));
      const inner = gelu(tape, m.linear('intermediate.dense', crossed, f));
      tape.output('out', afterwards(m, 'output', crossed, inner, config));
    },
  };
}

/** LN(x + dense(inner)), BERT's way out of every sublayer; adapters stand after self-attention and FFN. */
function afterwards(m: Modules, path: string, x: Value, inner: Value, { hiddenSize, layerNormEps }: BlipTextConfig) {
  const h = m.linear(`${path}.dense`, inner, hiddenSize);
  const norm = (sum: Value) => m.layerNorm(`${path}.LayerNorm`, sum, layerNormEps);
  return path.startsWith('crossattention') ? norm(residual(m.tape, h, x)) : m.output(path, h, x, norm);
}

/** The vocabulary's scores of some rows of x: LN(gelu(dense x)) times the word embeddings, plus a bias. */
function headLogits(m: Modules, { hiddenSize: d, vocabSize, layerNormEps }: BlipTextConfig): Value {
  const { tape } = m;
  const x = tape.input('x', ['N', d]);
  const kept = gatherRows(tape, x, tape.input('rows', ['R'], 'int64'), tape.input('x_shape', [2], 'int64'));
  const hidden = m.layerNorm('transform.LayerNorm', gelu(tape, m.linear('transform.dense', kept, d)), layerNormEps);
  return linear(tape, hidden, tape.parameter('decoder.weight', [vocabSize, d]), tape.parameter('bias', [vocabSize]));
}

/** x [N, D], rows int64 [R] -> out [R, V]. */
export function headScores(config: BlipTextConfig): Block {
  return {
    key: `head_scores ${config.vocabSize} ${config.hiddenSize} ${config.layerNormEps}`,
    build: (m) => m.tape.output('out', headLogits(m, config)),
  };
}

/** x [N, D], rows and labels int64 [R], normalizer scalar -> out scalar. Only rows with a target are computed. */
export function headLoss(config: BlipTextConfig, labelSmoothing: number): Block {
  return {
    key: `head_loss ${config.vocabSize} ${config.hiddenSize} ${config.layerNormEps} ${labelSmoothing}`,
    build(m) {
      const logits = headLogits(m, config);
      const labels = m.tape.input('labels', ['R'], 'int64');
      m.tape.output('out', crossEntropy(m.tape, logits, labels, m.tape.input('normalizer', []), { labelSmoothing }));
    },
  };
}

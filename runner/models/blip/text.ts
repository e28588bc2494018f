/** BLIP's BERT with cross-attention, encoder and decoder, as blocks. Source: transformers `modeling_blip_text.py`; MISS `models/med.py`. */
import type { Value } from '../../programs/graph';
import { attention } from '../../programs/ops/attention';
import { extendCache } from '../../programs/ops/cache';
import { crossEntropy } from '../../programs/ops/cross_entropy';
import { embedding } from '../../programs/ops/embedding';
import { gatherRows } from '../../programs/ops/gather_rows';
import { gelu } from '../../programs/ops/gelu';
import { mergeHeads, regroup, splitHeads } from '../../programs/ops/heads';
import { linear } from '../../programs/ops/linear';
import { type PackedRows, packRows, spreadRows } from '../../programs/ops/packing';
import { residual } from '../../programs/ops/residual';
import type { Block, Modules } from '../modules';
import type { BlipTextConfig } from './config';

/**
 * ids int64 [B·S], shape int64 [B, S, D], positions int64 [N] -> out [N, D]: dropout(LN(word + position)). The padding word gets no gradient. Rows are those of `packed` (packing.ts):
 * tokens, and what a prompt puts before each text; before a next token there is neither padding nor prompt.
 */
export function textEmbeddings(config: BlipTextConfig, of: 'text' | 'next token' = 'text'): Block {
  const { hiddenSize: d, vocabSize, maxPositions, padTokenId, layerNormEps, hiddenDropout } = config;
  return {
    key: `text_embeddings ${vocabSize} ${maxPositions} ${d} ${padTokenId} ${layerNormEps} ${of}`,
    build(m) {
      const { tape } = m;
      const words = tape.parameter('word_embeddings.weight', [vocabSize, d]);
      const places = tape.parameter('position_embeddings.weight', [maxPositions, d]);
      const written = embedding(tape, words, tape.input('ids', ['T'], 'int64'), padTokenId);
      const text = () => m.embeddings('word_embeddings', written, tape.input('shape', [3], 'int64'));
      const word = of === 'text' ? packRows(tape, text(), packedRows(m)) : written;
      const place = embedding(tape, places, tape.input('positions', [word.shape[0]!], 'int64'));
      const normed = m.layerNorm('LayerNorm', residual(tape, word, place), layerNormEps);
      tape.output('out', m.dropout('LayerNorm', normed, hiddenDropout));
    },
  };
}

/**
 * What a text layer is part of. An encoder masks padding alone. A decoder's mask is causal; what it looks at has a mask (question states) or none (image states).
 * If `cached`, it goes on with texts that were read before, and looks at keys and values that were projected before.
 */
export interface TextPart {
  decoder: boolean;
  masksStates: boolean;
  cached: boolean;
}

/**
 * A post-LN layer: self-attention, cross-attention, FFN, each LN(x + f(x)), with dropout of each f(x) and of the probabilities.
 * x [N, D] are rows without padding (packing.ts has packed int64 [N], spread int64 [B·S], square int64 [2]), shape int64 [B, S, H, dh], mask [B, 1, 1, n + S], or
 * [B, 1, S, n + T] in a decoder, with n prefixed keys; states [C·K, D'] are looked at by cross-attention, states_shape int64 [C, K, H, dh]: keys and values are projected
 * once per entry, and the queries of all texts that look at it stand in one row (groups.ts has groups int64 [E], places int64 [B], and the shapes apart and together). If
 * the states are masked, they are rows without padding, too, with states_packed and states_spread, and there is a cross_mask [C, 1, 1, K]. -> out [N, D]. T = S.
 *
 * If cached: instead of states, cross_keys and cross_values [C, K, H, dh]; past_keys and past_values [P, L, H, dh] of earlier tokens, of which row parents[b] (int64 [B]) is
 * continued; T = L + S, there are keys and values [B, T, H, dh] among the outputs, and rows are [B·S].
 */
export function textBlock(config: BlipTextConfig, part: TextPart): Block {
  const { hiddenSize: d, encoderHiddenSize, intermediateSize: f, heads, layerNormEps: eps } = config;
  const width = d / heads;
  return {
    key: `text_block ${d} ${encoderHiddenSize} ${f} ${heads} ${eps} ${part.decoder} ${part.masksStates} ${part.cached}`,
    build(m) {
      const { tape } = m;
      const x = tape.input('x', ['N', d]);
      const shape = tape.input('shape', [4], 'int64');
      const rows = part.cached ? undefined : packedRows(m);
      const byHead = (value: Value) =>
        splitHeads(tape, rows ? spreadRows(tape, value, rows) : value, shape, ['B', 'S', heads, width]);
      const merged = (value: Value) =>
        rows
          ? packRows(tape, mergeHeads(tape, value, rows.spread.shape[0]!, shape), rows)
          : mergeHeads(tape, value, 'N', shape);
      const attend = (path: string, from: Value, look: (queries: Value) => Value): Value => {
        const q = byHead(m.linear(`${path}.self.query`, from, d));
        return afterwards(m, `${path}.output`, from, merged(look(q)), config);
      };
      const now = keysAndValues(m, 'attention.self', x, d).map(byHead) as Pair;
      const written = part.cached ? continued(m, now) : now;
      const [keys, values] = inFront(m, written);
      const selfMask = tape.input('mask', ['B', 1, part.decoder ? 'S' : 1, keys.shape[1]!]);
      const own = attend('attention', x, (queries) => look(m, 'attention', queries, [keys, values], config, selfMask));
      const states = part.cached ? known(m, heads, width) : crossProjected(m, config, part.masksStates);
      const crossMask = part.masksStates ? tape.input('cross_mask', ['C', 1, 1, 'K']) : undefined;
      const crossed = attend('crossattention', own, (queries) =>
        lookTogether(m, queries, states, shape, config, crossMask),
      );
      const inner = gelu(tape, m.linear('intermediate.dense', crossed, f));
      tape.output('out', afterwards(m, 'output', crossed, inner, config));
    },
  };
}

/** Keys and values. */
type Pair = [Value, Value];

function keysAndValues(m: Modules, path: string, x: Value, d: number): Pair {
  return [m.linear(`${path}.key`, x, d), m.linear(`${path}.value`, x, d)];
}

function inFront(m: Modules, [keys, values]: Pair): Pair {
  const longer = m.keysValues('attention.self', keys, values);
  return [longer.keys, longer.values];
}

/** Those of earlier tokens, then those of now; both are kept for later. */
function continued({ tape }: Modules, [keys, values]: Pair): Pair {
  const parents = tape.input('parents', ['B'], 'int64');
  const extend = (of: 'keys' | 'values', now: Value): Value => {
    const before = tape.input(`past_${of}`, ['P', 'L', ...now.shape.slice(2)]);
    const all = extendCache(tape, before, parents, now, 'T');
    tape.output(of, all);
    return all;
  };
  return [extend('keys', keys), extend('values', values)];
}

/** Keys and values of what cross-attention looks at: [C, K, H, dh] each, once per entry. @param packed whether these are rows without padding */
function crossProjected(
  m: Modules,
  { hiddenSize: d, encoderHiddenSize, heads }: BlipTextConfig,
  packed: boolean,
): Pair {
  const { tape } = m;
  const states = tape.input('states', ['M', encoderHiddenSize]);
  const shape = tape.input('states_shape', [4], 'int64');
  const rows = packed && {
    packed: tape.input('states_packed', ['M'], 'int64'),
    spread: tape.input('states_spread', ['CK'], 'int64'),
  };
  const byHead = (value: Value) =>
    splitHeads(tape, rows ? spreadRows(tape, value, rows) : value, shape, ['C', 'K', heads, d / heads]);
  return keysAndValues(m, 'crossattention.self', states, d).map(byHead) as Pair;
}

/** How the rows of x stand in the square of texts. */
function packedRows({ tape }: Modules): PackedRows {
  return {
    packed: tape.input('packed', ['N'], 'int64'),
    spread: tape.input('spread', ['P'], 'int64'),
    square: tape.input('square', [2], 'int64'),
  };
}

/** The same, projected before. */
function known({ tape }: Modules, heads: number, width: number): Pair {
  return [tape.input('cross_keys', ['C', 'K', heads, width]), tape.input('cross_values', ['C', 'K', heads, width])];
}

/** Attention of queries [B, S, H, dh], with dropout of its probabilities. */
function look(m: Modules, path: string, queries: Value, [keys, values]: Pair, config: BlipTextConfig, mask?: Value) {
  const sizes = [queries.shape[0]!, config.heads, queries.shape[1]!, keys.shape[1]!];
  const dropped = m.dropoutMask(`${path}.self`, sizes, config.attentionDropout);
  return attention(m.tape, queries, keys, values, mask, dropped);
}

/** Attention of queries [B, S, H, dh] on their entries, those of one entry in one row. */
function lookTogether(m: Modules, queries: Value, states: Pair, shape: Value, config: BlipTextConfig, mask?: Value) {
  const { tape } = m;
  const sizes = queries.shape.slice(2);
  const apart = tape.input('apart', [4], 'int64');
  const together = tape.input('together', [4], 'int64');
  const grouped = gatherRows(tape, queries, tape.input('groups', ['E'], 'int64'), shape);
  const joined = regroup(tape, grouped, together, ['C', 'Q', ...sizes], apart);
  const context = look(m, 'crossattention', joined, states, config, mask);
  const alone = regroup(tape, context, apart, ['E', 'S', ...sizes], together);
  return gatherRows(tape, alone, tape.input('places', ['B'], 'int64'), apart);
}

/** states [C·K, D'], states_shape int64 [C, K, H, dh] -> keys and values [C, K, H, dh] of a layer's cross-attention. */
export function crossKeysValues(config: BlipTextConfig): Block {
  return {
    key: `cross_keys_values ${config.hiddenSize} ${config.encoderHiddenSize} ${config.heads}`,
    build(m) {
      const [keys, values] = crossProjected(m, config, false);
      m.tape.output('keys', keys);
      m.tape.output('values', values);
    },
  };
}

/** LN(x + dropout(dense(inner))), BERT's way out of every sublayer; adapters stand after self-attention and FFN. */
function afterwards(m: Modules, path: string, x: Value, inner: Value, config: BlipTextConfig) {
  const { hiddenSize, layerNormEps, hiddenDropout } = config;
  const h = m.dropout(path, m.linear(`${path}.dense`, inner, hiddenSize), hiddenDropout);
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

/** LLaVA's projector: image tokens to vectors as wide as word embeddings. Source: transformers `LlavaMultiModalProjector`; Liu et al. 2023, arXiv 2310.03744. */
import type { Value } from '../../programs/graph';
import { gelu } from '../../programs/ops/gelu';
import { pad, reshape, slice } from '../../programs/primitives';
import type { Tape } from '../../programs/tape';
import type { Block } from '../modules';
import { clipTokens } from './clip';
import type { LlavaConfig } from './config';

/** Vectors that one image becomes in the text. */
export function imageLength({ vision, selectsClass }: LlavaConfig): number {
  return clipTokens(vision) - (selectsClass ? 0 : 1);
}

/** x [U·P, Dv] -> out [U·n, D]: two linear layers with GELU between; the class token is dropped unless it is selected. */
export function projector(config: LlavaConfig): Block {
  const { vision, text, selectsClass, projectorBias } = config;
  const tokens = clipTokens(vision);
  const bias = { bias: projectorBias };
  return {
    key: `projector ${tokens} ${vision.hiddenSize} ${text.hiddenSize} ${selectsClass} ${projectorBias}`,
    build(m) {
      const x = m.tape.input('x', ['N', vision.hiddenSize]);
      const patches = selectsClass ? x : withoutClass(m.tape, x, tokens);
      const inner = gelu(m.tape, m.linear('linear_1', patches, text.hiddenSize, bias));
      m.tape.output('out', m.linear('linear_2', inner, text.hiddenSize, bias));
    },
  };
}

/** The rows of each image but its first. x [U·P, D] -> [U·(P - 1), D]; the gradient has zeros there. */
function withoutClass(tape: Tape, x: Value, tokens: number): Value {
  const g = tape.graph;
  const width = x.shape[1] as number;
  const y = g.recomputed(() => {
    const byImage = reshape(g, x, [-1, tokens, width], ['U', tokens, width]);
    return reshape(g, slice(g, byImage, 1, 1, tokens), [-1, width], ['U·patches', width]);
  });
  return tape.record([x], y, (dy) => {
    const byImage = reshape(g, dy, [-1, tokens - 1, width], ['U', tokens - 1, width]);
    return [reshape(g, pad(g, byImage, 1, 1, 0), [-1, width], x.shape)];
  });
}

/**
 * What blocks are made of: operations with their parameters by path, and the sites where methods act. A block names a site by calling the method here; where no
 * method acts, that is the plain network.
 */
import type { Value } from '../programs/graph';
import { dropout } from '../programs/ops/dropout';
import { layerNorm } from '../programs/ops/layernorm';
import { linear } from '../programs/ops/linear';
import { residual } from '../programs/ops/residual';
import { rmsNorm } from '../programs/ops/rmsnorm';
import type { Tape } from '../programs/tape';
import type { Dimension } from '../programs/types';
import type { Acts, Adaptation } from './adaptations';
import type { SiteKind } from './types';

/** A part of a network that becomes one program: same key, same programs, whatever the layer. */
export interface Block {
  /** Kind and every size that the program holds. */
  readonly key: string;
  /** Declares inputs, parameters (by path within the block) and outputs. */
  build(modules: Modules): void;
}

export class Modules {
  constructor(
    readonly tape: Tape,
    /** By their paths within the block. */
    private readonly adaptations: readonly Adaptation[] = [],
    /** Whether it is a training pass: only there something is dropped. */
    private readonly drops = false,
  ) {}

  /** x [N, in] -> [N, out] by `path.weight` and, where there is one, `path.bias`. */
  linear(path: string, x: Value, out: number, { bias = true }: { bias?: boolean } = {}): Value {
    const { tape } = this;
    const at = {
      path,
      x,
      weight: tape.parameter(`${path}.weight`, [out, x.shape[1] as number]),
      ...(bias && { bias: tape.parameter(`${path}.bias`, [out]) }),
    };
    return this.act('linear', path)?.(this, at) ?? linear(tape, x, at.weight, at.bias);
  }

  /** Dropout of x at that rate while training; x itself otherwise. */
  dropout(path: string, x: Value, rate: number): Value {
    const mask = this.dropoutMask(path, x.shape, rate);
    return mask ? dropout(this.tape, x, mask) : x;
  }

  /** The mask of such a dropout, for operations that drop something within; undefined where nothing is dropped. */
  dropoutMask(path: string, shape: readonly Dimension[], rate: number): Value | undefined {
    return this.drops && rate > 0 ? this.tape.mask(`${path}.dropout`, shape, rate) : undefined;
  }

  layerNorm(path: string, x: Value, eps: number): Value {
    const width = x.shape[1] as number;
    const { tape } = this;
    return layerNorm(tape, x, tape.parameter(`${path}.weight`, [width]), tape.parameter(`${path}.bias`, [width]), eps);
  }

  rmsNorm(path: string, x: Value, eps: number): Value {
    return rmsNorm(this.tape, x, this.tape.parameter(`${path}.weight`, [x.shape[1] as number]), eps);
  }

  /**
   * Keys and values of a decoder's self-attention, [B, K, H, dh] each, as they are looked at: after what gives them their positions.
   * What is put in front makes both longer by the same number: the mask is as long as they are then.
   */
  keysValues(path: string, keys: Value, values: Value): { keys: Value; values: Value } {
    return this.act('keysValues', path)?.(this, { path, keys, values }) ?? { keys, values };
  }

  /**
   * Embeddings of a text's tokens, [B·S, D], before positions are added. What is put in front makes every text longer; positions and masks must follow.
   * @param shape int64 [B, S, D]
   */
  embeddings(path: string, x: Value, shape: Value): Value {
    return this.act('embeddings', path)?.(this, { path, x, shape }) ?? x;
  }

  /** A sublayer's way out: norm(h + x) of its result h and its input x, [N, D] each; a pre-LN layer has no norm there. */
  output(path: string, h: Value, x: Value, norm: (sum: Value) => Value = (sum) => sum): Value {
    return this.act('output', path)?.(this, { path, h, x, norm }) ?? norm(residual(this.tape, h, x));
  }

  private act<Kind extends SiteKind>(site: Kind, path: string): Acts[Kind] | undefined {
    return this.adaptations.find((one) => one.site === site && one.path === path)?.act as Acts[Kind] | undefined;
  }
}

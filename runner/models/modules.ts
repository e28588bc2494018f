/** The layers that blocks are made of: an operation with its parameters by path, adapted where a method says so. */
import type { Value } from '../programs/graph';
import { layerNorm } from '../programs/ops/layernorm';
import { linear } from '../programs/ops/linear';
import { lora } from '../programs/ops/lora';
import { rmsNorm } from '../programs/ops/rmsnorm';
import type { Tape } from '../programs/tape';

/** A low-rank update beside one linear layer. */
export interface Adaptation {
  rank: number;
  scale: number;
}

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
    /** By path of the linear layer within the block. */
    private readonly adaptations: ReadonlyMap<string, Adaptation>,
  ) {}

  /** x [N, in] -> [N, out] by `path.weight` and, where there is one, `path.bias`, and `path.lora_A/B.weight` if adapted. */
  linear(path: string, x: Value, out: number, { bias = true }: { bias?: boolean } = {}): Value {
    const into = x.shape[1] as number;
    const { tape } = this;
    const weight = tape.parameter(`${path}.weight`, [out, into]);
    const y = linear(tape, x, weight, bias ? tape.parameter(`${path}.bias`, [out]) : undefined);
    const adaptation = this.adaptations.get(path);
    if (!adaptation) return y;
    const a = tape.parameter(`${path}.lora_A.weight`, [adaptation.rank, into]);
    const b = tape.parameter(`${path}.lora_B.weight`, [out, adaptation.rank]);
    return lora(tape, y, x, a, b, adaptation.scale);
  }

  layerNorm(path: string, x: Value, eps: number): Value {
    const width = x.shape[1] as number;
    const { tape } = this;
    return layerNorm(tape, x, tape.parameter(`${path}.weight`, [width]), tape.parameter(`${path}.bias`, [width]), eps);
  }

  rmsNorm(path: string, x: Value, eps: number): Value {
    return rmsNorm(this.tape, x, this.tape.parameter(`${path}.weight`, [x.shape[1] as number]), eps);
  }
}

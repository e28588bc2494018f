import type { Value } from '../graph';
import { add, concat, mul, neg, split, sub } from '../primitives';
import type { Tape } from '../tape';

/**
 * Rotary positions: with halves x = [a, b] of the last axis, y = [a · cos - b · sin, b · cos + a · sin].
 * x [B, S, H, dh]; cos and sin [B, S, 1, dh / 2] of position · theta^(-2i / dh), constants -> [B, S, H, dh].
 *
 * A rotation's gradient is the rotation back: dx = the same of dy with -sin. Source: Su et al. 2021, arXiv 2104.09864; the halves as in transformers
 * `rotate_half` (Meta's files hold interleaved pairs instead).
 */
export function rope(tape: Tape, x: Value, cos: Value, sin: Value): Value {
  const g = tape.graph;
  const rotate = (value: Value, sine: Value): Value => {
    const [a, b] = split(g, value, 2) as [Value, Value];
    const first = sub(g, mul(g, a, cos), mul(g, b, sine));
    const second = add(g, mul(g, b, cos), mul(g, a, sine));
    return { ...concat(g, [first, second]), shape: value.shape };
  };
  const y = g.recomputed(() => rotate(x, sin));
  return tape.record([x], y, (dy) => [rotate(dy, neg(g, sin))]);
}

/**
 * cos and sin [positions, width / 2] for heads of `width`, rounded to float32 where transformers rounds: the frequencies, then the angles.
 * Source: transformers `LlamaRotaryEmbedding`.
 */
export function rotations(
  positions: ArrayLike<number>,
  width: number,
  theta: number,
): { cos: Float32Array; sin: Float32Array } {
  const half = width / 2;
  const frequencies = Float32Array.from({ length: half }, (_, i) => 1 / theta ** ((2 * i) / width));
  const cos = new Float32Array(positions.length * half);
  const sin = new Float32Array(positions.length * half);
  for (let n = 0, at = 0; n < positions.length; n++)
    for (let i = 0; i < half; i++, at++) {
      const angle = Math.fround(positions[n]! * frequencies[i]!);
      cos[at] = Math.cos(angle);
      sin[at] = Math.sin(angle);
    }
  return { cos, sin };
}

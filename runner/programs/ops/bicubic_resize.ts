import type { Value } from '../graph';
import { gemm } from '../primitives';
import type { Tape } from '../tape';

/** Keys' cubic convolution kernel with a = -0.75, as torch uses it: weights of the four neighbours at distance t, 1 - t … */
function cubicWeights(t: number): [number, number, number, number] {
  const a = -0.75;
  const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return [far(t + 1), near(t), near(1 - t), far(2 - t)];
}

/** For each new place: the old places that it is made of and their weights; beyond the edge the edge counts again. */
export function bicubicTaps(from: number, to: number): { index: number; weight: number }[][] {
  return Array.from({ length: to }, (_, place) => {
    const centre = ((place + 0.5) * from) / to - 0.5;
    const floor = Math.floor(centre);
    return cubicWeights(centre - floor).map((weight, i) => ({
      index: Math.min(Math.max(floor - 1 + i, 0), from - 1),
      weight,
    }));
  });
}

/**
 * Resizes a grid of vectors, which is linear: y = M x. x [rows · columns, D] -> [toRows · toColumns, D].
 *
 * dx = Mᵀ dy. Source: torch.nn.functional.interpolate(mode="bicubic", align_corners=False), which BLIP's `interpolate_pos_embed` calls.
 */
export function bicubicResize(
  tape: Tape,
  x: Value,
  [rows, columns]: readonly [number, number],
  [toRows, toColumns]: readonly [number, number],
): Value {
  const g = tape.graph;
  const shape = [toRows * toColumns, rows * columns];
  const values = new Array<number>(shape[0]! * shape[1]!).fill(0);
  const across = bicubicTaps(columns, toColumns);
  for (const [row, down] of bicubicTaps(rows, toRows).entries())
    for (const [column, along] of across.entries())
      for (const vertical of down)
        for (const horizontal of along) {
          const to = row * toColumns + column;
          const from = vertical.index * columns + horizontal.index;
          values[to * shape[1]! + from]! += vertical.weight * horizontal.weight;
        }
  const matrix = g.constant(values, shape);
  return tape.record([x], gemm(g, matrix, x), (dy) => [gemm(g, matrix, dy, { transA: true })]);
}

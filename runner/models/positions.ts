/** Position embeddings for another image size. */
import { bicubicTaps } from '../programs/ops/bicubic_resize';

/**
 * Resizes a grid of vectors: [rows, columns, width] -> [toRows, toColumns, width].
 * Source: torch.nn.functional.interpolate(mode="bicubic", align_corners=False), which BLIP's `interpolate_pos_embed` calls.
 */
export function resizeGrid(
  grid: ArrayLike<number>,
  [rows, columns]: readonly [number, number],
  [toRows, toColumns]: readonly [number, number],
): Float32Array {
  const width = grid.length / (rows * columns);
  const result = new Float32Array(toRows * toColumns * width);
  const across = bicubicTaps(columns, toColumns);
  for (const [row, down] of bicubicTaps(rows, toRows).entries())
    for (const [column, along] of across.entries())
      for (let i = 0; i < width; i++) {
        let sum = 0;
        for (const y of down)
          for (const x of along) sum += y.weight * x.weight * grid[(y.index * columns + x.index) * width + i]!;
        result[(row * toColumns + column) * width + i] = sum;
      }
  return result;
}

/** Position embeddings [1, n² + 1, width] for a grid of `side` patches: the class token's stays, the patches' are resized. */
export function resizePositions(positions: Float32Array, width: number, side: number): Float32Array {
  const before = Math.sqrt(positions.length / width - 1);
  const result = new Float32Array((side * side + 1) * width);
  result.set(positions.subarray(0, width));
  result.set(resizeGrid(positions.subarray(width), [before, before], [side, side]), width);
  return result;
}

/** Position embeddings for another image size. */

/** Keys' cubic convolution kernel with a = -0.75, as torch uses it: weights of the four neighbours at distance t, 1 - t … */
function cubicWeights(t: number): [number, number, number, number] {
  const a = -0.75;
  const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1;
  const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return [far(t + 1), near(t), near(1 - t), far(2 - t)];
}

/** For each new place: the old places that it is made of and their weights; beyond the edge the edge counts again. */
function taps(from: number, to: number): { index: number; weight: number }[][] {
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
  const across = taps(columns, toColumns);
  for (const [row, down] of taps(rows, toRows).entries())
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

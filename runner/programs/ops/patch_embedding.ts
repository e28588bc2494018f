import type { Value } from '../graph';
import { add, pad, reduceSum, reshape, slice, transpose } from '../primitives';
import type { Tape } from '../tape';

/**
 * The pixels of each patch in a row: x [U, C, G·p, G'·p] -> [U·G·G', C·p·p], patches row by row. A linear layer of these is a convolution whose stride is its kernel,
 * with the bytes of its weight [D, C, p, p].
 *
 * The pixels are only moved, so their gradient is moved back. Source: torch.nn.Conv2d(kernel_size=p, stride=p).
 */
export function patchRows(tape: Tape, x: Value, patch: number): Value {
  const g = tape.graph;
  const [images, channels, height, width] = x.shape as [string, number, number, number];
  const [rows, columns] = [height / patch, width / patch];
  const apart = [-1, channels, rows, patch, columns, patch];
  const joined = [-1, rows, columns, channels, patch, patch];
  const area = channels * patch * patch;
  const patches = g.recomputed(() => {
    const split = transpose(g, reshape(g, x, apart, [images, ...apart.slice(1)]), [0, 2, 4, 1, 3, 5]);
    return reshape(g, split, [-1, area], [`${images}·patches`, area]);
  });
  return tape.record([x], patches, (dy) => {
    const split = transpose(g, reshape(g, dy, joined, [images, ...joined.slice(1)]), [0, 3, 1, 4, 2, 5]);
    return [reshape(g, split, [-1, channels, height, width], x.shape)];
  });
}

/**
 * The class token before the patches, and a position for each: y[u] = [cls; patches[u]] + positions.
 * patches [U·n, D], cls [1, 1, D], positions [1, n+1, D] -> [U·(n+1), D].
 *
 * dpositions = sum of dy over images; dcls its first row; dpatches = dy without the first token of each image.
 * Source: Dosovitskiy et al. 2020, arXiv 2010.11929, equation 1.
 */
export function tokensAndPositions(tape: Tape, patches: Value, cls: Value, positions: Value, images: string): Value {
  const g = tape.graph;
  const [, tokens, width] = positions.shape as [number, number, number];
  const count = tokens - 1;
  const byImage = reshape(g, patches, [-1, count, width], [images, count, width]);
  const offset = add(g, positions, pad(g, cls, 1, 0, count));
  const sum = add(g, pad(g, byImage, 1, 1, 0), offset);
  const rows = `${images}·tokens`;
  const y = reshape(g, sum, [-1, width], [rows, width]);
  return tape.record([patches, cls, positions], y, (dy, [wantPatches, wantCls, wantPositions]) => {
    const d = reshape(g, dy, [-1, tokens, width], [images, tokens, width]);
    const total = wantCls || wantPositions ? reduceSum(g, d, [0], true) : undefined;
    return [
      wantPatches ? reshape(g, slice(g, d, 1, 1, tokens), [-1, width], patches.shape) : undefined,
      wantCls ? slice(g, total!, 1, 0, 1) : undefined,
      wantPositions ? total : undefined,
    ];
  });
}

import type { Value } from '../graph';
import * as p from '../primitives';
import type { Tape } from '../tape';

/**
 * The summed token loss divided by `normalizer`. With log p = logits - log sum exp(logits), a token with label t costs
 * (1 - e) · (-log p[t]) + e · mean over the vocabulary of (-log p); a token with the ignored label costs nothing.
 * logits [N, V], labels int64 [N], normalizer scalar -> scalar.
 *
 * dlogits = (p - (1 - e) · onehot(t) - e / V) · dy / normalizer. Source: torch.nn.CrossEntropyLoss (label_smoothing, ignore_index; reduction "sum" with
 * normalizer 1, "mean" with the count of targets).
 */
export function crossEntropy(
  tape: Tape,
  logits: Value,
  labels: Value,
  normalizer: Value,
  { labelSmoothing = 0, ignoreIndex = -100 }: { labelSmoothing?: number; ignoreIndex?: number } = {},
): Value {
  const g = tape.graph;
  const rows = logits.shape[0]!;
  const vocabulary = logits.shape[1] as number;
  const { oneHot, weight, shifted, total, exponentials } = g.recomputed(() => {
    const column = p.reshape(g, labels, [-1, 1], [rows, 1]);
    const ids = g.constant(
      Array.from({ length: vocabulary }, (_, i) => i),
      [1, vocabulary],
      'int64',
    );
    const oneHot = p.toFloat(g, p.equal(g, column, ids)); // [N, V]
    const counted = p.toFloat(g, p.not(g, p.equal(g, column, p.scalar(g, ignoreIndex, 'int64'))));
    const shifted = p.sub(g, logits, p.reduceMax(g, logits, [-1], true));
    const exponentials = p.exp(g, shifted);
    const total = p.reduceSum(g, exponentials, [-1], true); // [N, 1]
    return { oneHot, weight: p.div(g, counted, normalizer), shifted, total, exponentials };
  });
  const hit = p.reduceSum(g, p.mul(g, shifted, oneHot), [-1], true);
  const expected = labelSmoothing
    ? p.add(g, times(hit, 1 - labelSmoothing), times(p.reduceMean(g, shifted, [-1], true), labelSmoothing))
    : hit;
  const cost = p.mul(g, p.sub(g, p.log(g, total), expected), weight);
  return tape.record([logits], p.reduceSum(g, cost, [0, 1]), (dy) => {
    const target = labelSmoothing
      ? p.add(g, times(oneHot, 1 - labelSmoothing), p.scalar(g, labelSmoothing / vocabulary))
      : oneHot;
    return [p.mul(g, p.sub(g, p.div(g, exponentials, total), target), p.mul(g, weight, dy))];
  });

  function times(x: Value, factor: number): Value {
    return p.mul(g, x, p.scalar(g, factor));
  }
}

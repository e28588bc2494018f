/**
 * AdamW (Loshchilov & Hutter 2019, "Decoupled Weight Decay Regularization"), in the order of operations of torch.optim.AdamW.
 * Moments have the type of the tensor; arithmetic is float64, each stored number is rounded once.
 */
export type Floats = Float32Array | Float64Array;

export interface AdamWSettings {
  beta1: number;
  beta2: number;
  /** Added to the root of the second moment, after its bias correction. */
  epsilon: number;
}

/** First and second moment of one tensor, as long as the tensor. */
export interface Moments {
  first: Floats;
  second: Floats;
}

/**
 * One step of one tensor, in place.
 * p <- p (1 - rate·decay); m <- m + (g - m)(1 - b1); v <- b2 v + (1 - b2) g²;
 * p <- p - rate / (1 - b1^t) · m / (sqrt(v) / sqrt(1 - b2^t) + epsilon)
 * @param scale the gradient is multiplied by this first (clipping)
 * @param step t, from 1
 * @returns the sum of the squared changes of the tensor as stored, weight decay included; 0 where rounding left it as it was
 */
export function adamwStep(
  value: Floats,
  gradient: Floats,
  moments: Moments,
  settings: AdamWSettings,
  { rate, decay, scale, step }: { rate: number; decay: number; scale: number; step: number },
): number {
  const { beta1, beta2, epsilon } = settings;
  const { first, second } = moments;
  const stepSize = rate / (1 - beta1 ** step);
  const root = Math.sqrt(1 - beta2 ** step);
  const shrink = 1 - rate * decay;
  let moved = 0;
  for (let i = 0; i < value.length; i++) {
    const g = gradient[i]! * scale;
    const m = first[i]! + (g - first[i]!) * (1 - beta1);
    const v = second[i]! * beta2 + (1 - beta2) * g * g;
    first[i] = m;
    second[i] = v;
    const before = value[i]!;
    value[i] = before * shrink - (stepSize * m) / (Math.sqrt(v) / root + epsilon);
    const change = value[i]! - before;
    moved += change * change;
  }
  return moved;
}

/** Moments of zeros for a tensor. */
export function zeroMoments(value: Float32Array): Moments {
  return { first: new Float32Array(value.length), second: new Float32Array(value.length) };
}

/** 16-bit floats of checkpoint files, widened to and narrowed from float32. */

const scratch = new Float32Array(1);
const bits = new Uint32Array(scratch.buffer);
let widened: Float32Array | undefined;
let narrowed: Uint16Array | undefined;

/** IEEE 754 binary16 bits -> float32, exact for every value. */
export function halfToFloat(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Float32 -> IEEE 754 binary16 bits, rounded to nearest, ties to even; what is too large becomes infinity. */
export function floatToHalf(value: number): number {
  scratch[0] = value;
  const word = bits[0]!;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and above round to infinity
  if (magnitude < 0x38800000) {
    // Subnormal: count in steps of 2^-24.
    const steps = Math.abs(scratch[0]!) * 2 ** 24;
    const floor = Math.floor(steps);
    const rest = steps - floor;
    const up = rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? 1 : 0;
    return sign | (floor + up);
  }
  const rounded = magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1);
  return sign | (rounded >>> 13);
}

/** Widens binary16 by a table of all 65,536 values. @param to as long as `from` @returns `to` */
export function widenHalf(from: Uint16Array, to = new Float32Array(from.length)): Float32Array {
  widened ??= Float32Array.from({ length: 65536 }, (_, half) => halfToFloat(half));
  for (let i = 0; i < from.length; i++) to[i] = widened[from[i]!]!;
  return to;
}

/** Widens bfloat16: the upper half of a float32. @param to as long as `from` @returns `to` */
export function widenBfloat(from: Uint16Array, to = new Float32Array(from.length)): Float32Array {
  const words = new Uint32Array(to.buffer, to.byteOffset, to.length);
  for (let i = 0; i < from.length; i++) words[i] = from[i]! << 16;
  return to;
}

/** bfloat16 -> binary16 by a table of all 65,536 values. @param to as long as `from`, or `from` itself @returns `to` */
export function bfloatToHalf(from: Uint16Array, to: Uint16Array = new Uint16Array(from.length)): Uint16Array {
  narrowed ??= narrowHalf(widenBfloat(Uint16Array.from({ length: 65536 }, (_, i) => i)));
  for (let i = 0; i < from.length; i++) to[i] = narrowed[from[i]!]!;
  return to;
}

/** Narrows to binary16. @param to as long as `from` @returns `to` */
export function narrowHalf(from: Float32Array, to: Uint16Array = new Uint16Array(from.length)): Uint16Array {
  const words = new Uint32Array(from.buffer, from.byteOffset, from.length);
  for (let i = 0; i < from.length; i++) {
    const word = words[i]!;
    const magnitude = word & 0x7fffffff;
    // neither too small for a normal number nor too large: nearly all weights
    to[i] =
      magnitude >= 0x38800000 && magnitude < 0x477ff000
        ? ((word >>> 16) & 0x8000) | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13)
        : floatToHalf(from[i]!);
  }
  return to;
}

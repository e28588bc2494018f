/**
 * Bicubic resizing as Pillow does it, bit for bit: two passes with antialiasing, fixed-point weights, 8-bit rounding between the passes.
 * Source of the method: Pillow, src/libImaging/Resample.c (`precompute_coeffs`, `normalize_coeffs_8bpc`, horizontal before vertical pass).
 */

/** Bits after the point of Pillow's 8-bit weights: 32 - 8 - 2. */
const precision = 22;
/** Keys' cubic with a = -0.5, as in Pillow (OpenCV and torch without antialias use -0.75). */
const a = -0.5;
const support = 2;

function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/** For each output pixel: the first input pixel it looks at, how many, and their weights as integers. */
interface Weights {
  first: Int32Array;
  count: Int32Array;
  /** [to, width]: row i has count[i] weights. */
  values: Int32Array;
  width: number;
}

function weightsFor(from: number, to: number): Weights {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  const reach = support * stretch;
  const width = Math.ceil(reach) * 2 + 1;
  const weights = { first: new Int32Array(to), count: new Int32Array(to), values: new Int32Array(to * width), width };
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(center - reach + 0.5));
    const count = Math.min(from, Math.trunc(center + reach + 0.5)) - first;
    const row = Array.from({ length: count }, (_, j) => cubic((j + first - center + 0.5) * (1 / stretch)));
    const sum = row.reduce((total, value) => total + value, 0);
    weights.first[i] = first;
    weights.count[i] = count;
    for (const [j, value] of row.entries()) {
      const scaled = (sum === 0 ? value : value / sum) * (1 << precision);
      weights.values[i * width + j] = Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
    }
  }
  return weights;
}

function clip8(sum: number): number {
  const value = sum >> precision;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

/**
 * @param pixels uint8 [height, width, 3].
 * @returns uint8 [toHeight, toWidth, 3].
 */
export function resizeBicubic(
  pixels: Uint8Array,
  width: number,
  height: number,
  toWidth: number,
  toHeight: number,
): Uint8Array {
  const across = toWidth === width ? pixels : resizeRows(pixels, width, height, toWidth);
  return toHeight === height ? across : resizeColumns(across, toWidth, height, toHeight);
}

function resizeRows(pixels: Uint8Array, width: number, height: number, toWidth: number): Uint8Array {
  const { first, count, values, width: stride } = weightsFor(width, toWidth);
  const out = new Uint8Array(height * toWidth * 3);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < toWidth; x++) {
      let red = 1 << (precision - 1);
      let green = red;
      let blue = red;
      let at = (y * width + first[x]!) * 3;
      for (let j = 0, w = x * stride; j < count[x]!; j++, w++, at += 3) {
        const weight = values[w]!;
        red += pixels[at]! * weight;
        green += pixels[at + 1]! * weight;
        blue += pixels[at + 2]! * weight;
      }
      const to = (y * toWidth + x) * 3;
      out[to] = clip8(red);
      out[to + 1] = clip8(green);
      out[to + 2] = clip8(blue);
    }
  return out;
}

function resizeColumns(pixels: Uint8Array, width: number, height: number, toHeight: number): Uint8Array {
  const { first, count, values, width: stride } = weightsFor(height, toHeight);
  const row = width * 3;
  const out = new Uint8Array(toHeight * row);
  const sums = new Int32Array(row);
  for (let y = 0; y < toHeight; y++) {
    sums.fill(1 << (precision - 1));
    for (let j = 0; j < count[y]!; j++) {
      const weight = values[y * stride + j]!;
      const at = (first[y]! + j) * row;
      for (let x = 0; x < row; x++) sums[x] = sums[x]! + pixels[at + x]! * weight;
    }
    for (let x = 0; x < row; x++) out[y * row + x] = clip8(sums[x]!);
  }
  return out;
}

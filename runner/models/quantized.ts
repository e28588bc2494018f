/**
 * Matrices as whole numbers of 8 or 4 bits with a scale for each group of values of a row: symmetric, rounded to nearest. 8 bits lie as I8; 4 bits as U8, two values a byte,
 * the first in the lower half, 8 standing for 0. Scales lie beside the matrix, float32 [rows, groups].
 */
import type { DType } from './types';

export type Bits = 8 | 4;

/** A matrix's scales: this after its name. */
const suffix = '.quantization_scale';
export const scaleName = (name: string) => `${name}${suffix}`;
export const isScale = (name: string) => name.endsWith(suffix);

/** Values of a row that share a scale; the whole row where it is not a multiple of it. */
const groupSize = 64;
/** So many steps either side of 0. */
const steps: Readonly<Record<Bits, number>> = { 8: 127, 4: 7 };
const zero = 8;

export interface Quantized {
  dtype: DType;
  shape: readonly number[];
  bytes: Uint8Array;
  scales: Float32Array;
  /** Of the scales. */
  groups: number;
}

/** @param shape [rows, columns]; columns even */
export function quantize(values: Float32Array, [rows, columns]: readonly [number, number], bits: Bits): Quantized {
  const group = columns % groupSize ? columns : groupSize;
  const scales = new Float32Array(values.length / group);
  const whole = new Int8Array(values.length);
  const most = steps[bits];
  for (let g = 0; g < scales.length; g++) {
    let largest = 0;
    for (let i = g * group; i < (g + 1) * group; i++) largest = Math.max(largest, Math.abs(values[i]!));
    scales[g] = largest / most;
    const scale = scales[g]!;
    // rounding the scale to float32 may let the largest value fall a hair beyond the last step
    if (scale > 0)
      for (let i = g * group; i < (g + 1) * group; i++)
        whole[i] = Math.max(-most, Math.min(most, Math.round(values[i]! / scale)));
  }
  const groups = columns / group;
  if (bits === 8) return { dtype: 'I8', shape: [rows, columns], bytes: new Uint8Array(whole.buffer), scales, groups };
  const bytes = new Uint8Array(values.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (whole[2 * i]! + zero) | ((whole[2 * i + 1]! + zero) << 4);
  return { dtype: 'U8', shape: [rows, columns / 2], bytes, scales, groups };
}

/** @param dtype I8 or U8 @param into as many values as the matrix has @returns `into` */
export function dequantize(bytes: Uint8Array, dtype: DType, scales: Float32Array, into: Float32Array): Float32Array {
  const group = into.length / scales.length;
  const signed = new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let g = 0; g < scales.length; g++) {
    const scale = scales[g]!;
    const [from, to] = [g * group, (g + 1) * group];
    if (dtype === 'I8') for (let i = from; i < to; i++) into[i] = signed[i]! * scale;
    else
      for (let i = from; i < to; i += 2) {
        const pair = bytes[i >> 1]!;
        into[i] = ((pair & 15) - zero) * scale;
        into[i + 1] = ((pair >> 4) - zero) * scale;
      }
  }
  return into;
}

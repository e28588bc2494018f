/** Three ways from an image of any shape to a square. */
import type { DecodedImage } from './images/image';
import type { Preprocessing } from './preprocessing';
import { resizeBicubic } from './resize';

/** @returns uint8 [size, size, 3] */
export function toSquare(
  image: DecodedImage,
  { size, fit, mean }: Pick<Preprocessing, 'size' | 'fit' | 'mean'>,
): Uint8Array {
  if (fit === 'crop') return cropped(image, size);
  const { pixels, width, height } = fit === 'pad' ? padded(image, mean) : image;
  return resizeBicubic(pixels, width, height, size, size);
}

/** The shorter side to `size`, then the middle of the longer one. Source: transformers `CLIPImageProcessor`, `get_resize_output_image_size`, `center_crop`. */
function cropped({ pixels, width, height }: DecodedImage, size: number): Uint8Array {
  const shorter = Math.min(width, height);
  const resized = (side: number) => (side === shorter ? size : Math.floor((size * side) / shorter));
  const [toWidth, toHeight] = [resized(width), resized(height)];
  const whole = resizeBicubic(pixels, width, height, toWidth, toHeight);
  const left = Math.floor((toWidth - size) / 2);
  const top = Math.floor((toHeight - size) / 2);
  const out = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    const from = ((top + y) * toWidth + left) * 3;
    out.set(whole.subarray(from, from + size * 3), y * size * 3);
  }
  return out;
}

/** In the middle of a square of the mean's colour, as wide as the longer side. Source: haotian-liu/LLaVA `mm_utils.expand2square`. */
function padded({ pixels, width, height }: DecodedImage, mean: readonly number[]): DecodedImage {
  const side = Math.max(width, height);
  if (width === height) return { pixels, width, height };
  const fill = mean.map((value) => Math.trunc(255 * value));
  const out = Uint8Array.from({ length: side * side * 3 }, (_, i) => fill[i % 3]!);
  const left = Math.floor((side - width) / 2);
  const top = Math.floor((side - height) / 2);
  for (let y = 0; y < height; y++)
    out.set(pixels.subarray(y * width * 3, (y + 1) * width * 3), ((top + y) * side + left) * 3);
  return { pixels: out, width: side, height: side };
}

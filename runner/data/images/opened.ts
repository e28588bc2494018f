/** An image file that was read once and can be looked at in several ways: frames, slices, windows. */
import type { ImageReference } from '../image_reference';
import type { DecodedImage } from './image';

/** What may be chosen of an image, each with what stands for it now. What a kind of file does not have is absent. */
export interface ImageChoices {
  /** From 1. */
  frame?: { value: number; count: number };
  plane?: { value: string; names: string[] };
  /** From 0. */
  slice?: { value: number; count: number };
  /** Of a 4-D file, from 0. */
  volume?: { value: number; count: number };
  /** Of grey images, in the file's values after rescaling (Hounsfield units in CT); `low` and `high` are the least and the greatest there are. */
  window?: { center: number; width: number; low: number; high: number };
}

export interface OpenedImage {
  /** @throws MP2003 for an option that the image does not have. */
  render(options: ImageReference['options']): Promise<DecodedImage>;
  /** What could be chosen in place of these options. @throws MP2003 as `render` does. */
  choices(options: ImageReference['options']): Promise<ImageChoices>;
}

/** The least and the greatest; values that are no numbers are passed over. */
export function extent(values: ArrayLike<number>): [number, number] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return [least, greatest];
}

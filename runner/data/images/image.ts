/** What every decoder gives, and what every decoder refuses. */
import { MedpeftError } from '../../errors';

/** 8-bit RGB, row-major, channels last. */
export interface DecodedImage {
  width: number;
  height: number;
  /** uint8 [height, width, 3]. */
  pixels: Uint8Array;
  /** It is stored turned or mirrored, and was turned as its EXIF tag says. */
  turned?: true;
}

/** More pixels than any radiograph or pathology tile has; 2^28 take 768 MiB as RGB. */
const maxPixels = 2 ** 28;
const maxSide = 65_535;

/** @throws MP2008 by what the header says, before anything is decoded. */
export function refuseHuge(width: number, height: number, file: string, frames = 1): void {
  if (width <= maxSide && height <= maxSide && width * height * frames <= maxPixels) return;
  const size = `${width} × ${height}${frames > 1 ? ` × ${frames}` : ''}`;
  throw new MedpeftError(
    'MP2008',
    `image ${file} has ${size} pixels; at most ${maxPixels} and ${maxSide} a side are decoded`,
    'shrink the image, or leave its records out with `"on_bad_item": "skip"`',
    file,
  );
}

/** @throws MP2003 always. */
export function unreadable(
  file: string,
  what: string,
  hint = 'get the file again from its source; PNG, JPEG, WebP, GIF, TIFF, DICOM and NIfTI can be read',
  cause?: unknown,
): never {
  throw new MedpeftError('MP2003', `image ${file} cannot be read: ${what}`, hint, file, { cause });
}

/** Grey to RGB. */
export function threeTimes(grey: Uint8Array): Uint8Array {
  const rgb = new Uint8Array(grey.length * 3);
  for (let i = 0, to = 0; i < grey.length; i++) {
    rgb[to++] = grey[i]!;
    rgb[to++] = grey[i]!;
    rgb[to++] = grey[i]!;
  }
  return rgb;
}

/** @throws MP2003 unless it is a whole number from `from` to `to`. */
export function indexOption(text: string, name: string, from: number, to: number, file: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  return unreadable(
    file,
    `${name}=${text} is not a whole number from ${from} to ${to}`,
    `choose another ${name} in the image's name or image_options`,
  );
}

/** A DICOM frame as 8-bit RGB, as a viewer shows it first (PS3.3 C.7.6.3.1.2, C.11.2). */
import type { ImageReference } from '../../image_reference';
import { type DecodedImage, indexOption, threeTimes, unreadable } from '../image';
import { type DicomImage, readDicom } from './read';

/**
 * Grey: stored values are rescaled (slope, intercept) and windowed: by the option `window=center,width`, else by the file's first window;
 * without one, 8-bit values stay as they are and others are spread from their least to their greatest. MONOCHROME1 is inverted. Colours: RGB, YBR becomes RGB.
 * @param options `frame` from 1 (default 1); `window=center,width`, or `window=full` for least to greatest.
 * @throws MP2003, MP2008.
 */
export async function renderDicom(
  bytes: Uint8Array,
  file: string,
  { frame = '1', window }: ImageReference['options'],
): Promise<DecodedImage> {
  const image = await readDicom(bytes, file);
  const { values, isRgb } = await image.frame(indexOption(frame, 'frame', 1, image.frames, file) - 1);
  const size = { width: image.columns, height: image.rows };
  if (image.samples === 1) return { ...size, pixels: threeTimes(grey(values, image, window, file)) };
  const colours = Uint8Array.from(values);
  return { ...size, pixels: image.photometric === 'RGB' || isRgb ? colours : ybrToRgb(colours) };
}

function grey(values: ArrayLike<number>, image: DicomImage, option: string | undefined, file: string): Uint8Array {
  const { slope, intercept, bitsAllocated, bitsStored, photometric } = image;
  const window = option === undefined || option === 'full' ? undefined : windowOf(option, file);
  const chosen = window ?? (option === 'full' ? undefined : image.window);
  const level = chosen
    ? windowed(chosen)
    : spread(values, option !== 'full' && bitsAllocated === 8 && bitsStored === 8, slope, intercept);
  const inverted = photometric === 'MONOCHROME1';
  const out = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const share = level(values[i]! * slope + intercept);
    const grey = Math.round(255 * Math.min(1, Math.max(0, share)));
    out[i] = inverted ? 255 - grey : grey;
  }
  return out;
}

function windowOf(option: string, file: string): NonNullable<DicomImage['window']> {
  const [center, width] = option.split(',').map(Number) as [number, number];
  if (Number.isFinite(center) && width > 0) return { center, width, shape: 'LINEAR' };
  return unreadable(file, `window=${option} is not a centre and a width`, 'write window=40,400 or window=full');
}

/** Shares of the full range, to be cut to 0..1. */
function windowed({ center, width, shape }: NonNullable<DicomImage['window']>): (value: number) => number {
  if (shape === 'SIGMOID') return (value) => 1 / (1 + Math.exp((-4 * (value - center)) / width));
  if (shape === 'LINEAR_EXACT') return (value) => (value - center) / width + 0.5;
  if (width <= 1) return (value) => (value <= center - 0.5 ? 0 : 1);
  return (value) => (value - (center - 0.5)) / (width - 1) + 0.5;
}

function spread(
  values: ArrayLike<number>,
  asStored: boolean,
  slope: number,
  intercept: number,
): (value: number) => number {
  if (asStored) return (value) => (value - intercept) / slope / 255;
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]! * slope + intercept;
    least = Math.min(least, value);
    greatest = Math.max(greatest, value);
  }
  return (value) => (greatest > least ? (value - least) / (greatest - least) : 0);
}

/** YBR_FULL: ITU-R BT.601 over the full range (PS3.3 C.7.6.3.1.2). */
function ybrToRgb(ybr: Uint8Array): Uint8Array {
  const rgb = new Uint8ClampedArray(ybr.length);
  for (let i = 0; i < ybr.length; i += 3) {
    const [y, b, r] = [ybr[i]!, ybr[i + 1]! - 128, ybr[i + 2]! - 128];
    rgb[i] = y + 1.402 * r;
    rgb[i + 1] = y - 0.344136 * b - 0.714136 * r;
    rgb[i + 2] = y + 1.772 * b;
  }
  return new Uint8Array(rgb.buffer);
}

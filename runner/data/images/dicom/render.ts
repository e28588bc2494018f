/** A DICOM frame as 8-bit RGB, as a viewer shows it first (PS3.3 C.7.6.3.1.2, C.11.2). */
import type { ImageReference } from '../../image_reference';
import { indexOption, threeTimes, unreadable } from '../image';
import { extent, type ImageChoices, type OpenedImage } from '../opened';
import { type DicomImage, type PixelValues, readDicom } from './read';

/**
 * Grey: stored values are rescaled (slope, intercept) and windowed: by the option `window=center,width`, else by the file's first window;
 * without one, 8-bit values stay as they are and others are spread from their least to their greatest. MONOCHROME1 is inverted. Colours: RGB, YBR becomes RGB.
 * Options: `frame` from 1 (default 1); `window=center,width`, or `window=full` for least to greatest.
 * @throws MP2003, MP2008.
 */
export async function openDicom(bytes: Uint8Array, file: string): Promise<OpenedImage> {
  const image = await readDicom(bytes, file);
  let kept: { number: number; pixels: Promise<PixelValues> } | undefined;
  /** Another window of the same frame unpacks nothing anew. */
  const frameOf = ({ frame = '1' }: ImageReference['options']) => {
    const number = indexOption(frame, 'frame', 1, image.frames, file);
    if (kept?.number !== number) kept = { number, pixels: image.frame(number - 1) };
    return kept;
  };
  return {
    async render(options) {
      const { values, isRgb } = await frameOf(options).pixels;
      const size = { width: image.columns, height: image.rows };
      if (image.samples === 1) return { ...size, pixels: threeTimes(grey(values, image, options.window, file)) };
      const colours = Uint8Array.from(values);
      return { ...size, pixels: image.photometric === 'RGB' || isRgb ? colours : ybrToRgb(colours) };
    },
    async choices(options) {
      const { number, pixels } = frameOf(options);
      const { values } = await pixels;
      return {
        ...(image.frames > 1 ? { frame: { value: number, count: image.frames } } : {}),
        ...(image.samples === 1 ? { window: shownWindow(values, image, options.window, file) } : {}),
      };
    },
  };
}

function grey(values: ArrayLike<number>, image: DicomImage, option: string | undefined, file: string): Uint8Array {
  const { slope, intercept, photometric } = image;
  const chosen = chosenWindow(image, option, file);
  const level = chosen ? windowed(chosen) : spread(values, isAsStored(image, option), slope, intercept);
  const inverted = photometric === 'MONOCHROME1';
  const out = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const share = level(values[i]! * slope + intercept);
    const grey = Math.round(255 * Math.min(1, Math.max(0, share)));
    out[i] = inverted ? 255 - grey : grey;
  }
  return out;
}

function chosenWindow({ window }: DicomImage, option: string | undefined, file: string): DicomImage['window'] {
  if (option === 'full') return undefined;
  return option === undefined ? window : windowOf(option, file);
}

const isAsStored = ({ bitsAllocated, bitsStored }: DicomImage, option: string | undefined) =>
  option !== 'full' && bitsAllocated === 8 && bitsStored === 8;

/** The window that these options show, as near as a linear one comes to it. */
function shownWindow(
  values: ArrayLike<number>,
  image: DicomImage,
  option: string | undefined,
  file: string,
): NonNullable<ImageChoices['window']> {
  const rescaled = ([from, to]: [number, number]) =>
    [from, to].map((value) => value * image.slope + image.intercept).sort((a, b) => a - b) as [number, number];
  const [low, high] = rescaled(extent(values));
  const chosen = chosenWindow(image, option, file);
  if (chosen) return { center: chosen.center, width: chosen.width, low, high };
  const [from, to] = isAsStored(image, option) ? rescaled([0, 255]) : [low, high];
  // the formula of a linear window reaches black half a value before its centre less half its width, and white half a value after
  return { center: (from + to + 1) / 2, width: to - from + 1, low, high };
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
  const [from, to] = extent(values).map((value) => value * slope + intercept) as [number, number];
  const [least, greatest] = [Math.min(from, to), Math.max(from, to)];
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

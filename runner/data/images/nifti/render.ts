/** Slices of a volume as 8-bit grey, turned the way radiologists look at them. */
import type { ImageReference } from '../../image_reference';
import { indexOption, threeTimes, unreadable } from '../image';
import type { OpenedImage } from '../opened';
import { readNifti, type Volume } from './read';

/** What grows to the right of the picture, downwards, and from slice to slice. The patient's right is on the left of the picture. */
const planes = {
  axial: ['L', 'P', 'S'],
  coronal: ['L', 'I', 'A'],
  sagittal: ['P', 'I', 'R'],
} as const;

const opposite: Readonly<Record<string, string>> = { L: 'R', R: 'L', P: 'A', A: 'P', I: 'S', S: 'I' };

/**
 * Options: `plane` axial (default), coronal, sagittal; `slice` from 0 along S, A or R (default: the middle one); `montage=N`: N slices at equal
 * distances in a square grid, row by row; `volume` of a 4-D file from 0 (default 0); `window=center,width`, default: the volume's least to greatest.
 * @throws MP2003, MP2008.
 */
export async function openNifti(bytes: Uint8Array, file: string): Promise<OpenedImage> {
  const volume = await readNifti(bytes, file);
  const ranges = new Map<number, [number, number]>();
  const rangeAt = (t: number) => {
    const known = ranges.get(t) ?? rangeOf(volume, t);
    ranges.set(t, known);
    return known;
  };
  const chosen = (options: ImageReference['options']) => {
    const t = indexOption(options.volume ?? '0', 'volume', 0, volume.shape[3] - 1, file);
    const view = viewOf(volume, t, planeOf(options.plane, file));
    const [low, high] = options.window === undefined ? rangeAt(t) : windowRange(options.window, file);
    return { t, view, low, high, ...choice(options, view.depth, file) };
  };
  return {
    async render(options) {
      const { view, low, high, slices, columns } = chosen(options);
      const level = levelOf(low, high);
      const size = { width: view.width * columns, height: view.height * Math.ceil(slices.length / columns) };
      const grey = new Uint8Array(size.width * size.height);
      for (const [i, slice] of slices.entries()) {
        const [left, top] = [(i % columns) * view.width, Math.floor(i / columns) * view.height];
        for (let y = 0; y < view.height; y++)
          for (let x = 0; x < view.width; x++) grey[(top + y) * size.width + left + x] = level(view.value(x, y, slice));
      }
      return { ...size, pixels: threeTimes(grey) };
    },
    async choices(options) {
      const { t, view, low, high, slices } = chosen(options);
      const [least, greatest] = rangeAt(t);
      const volumes = volume.shape[3];
      return {
        plane: { value: options.plane ?? 'axial', names: Object.keys(planes) },
        ...(options.montage === undefined ? { slice: { value: slices[0]!, count: view.depth } } : {}),
        ...(volumes > 1 ? { volume: { value: t, count: volumes } } : {}),
        window: { center: (low + high) / 2, width: high - low, low: least, high: greatest },
      };
    },
  };
}

function planeOf(plane: string | undefined, file: string): readonly [string, string, string] {
  if (plane === undefined) return planes.axial;
  if (Object.hasOwn(planes, plane)) return planes[plane as keyof typeof planes];
  return unreadable(
    file,
    `plane=${plane} is not one of ${Object.keys(planes).join(', ')}`,
    "choose another plane in the image's name or image_options",
  );
}

interface View {
  width: number;
  height: number;
  depth: number;
  value(x: number, y: number, z: number): number;
}

/** The volume with its axes turned and flipped so that they grow as the plane asks. */
function viewOf({ shape, axes, value }: Volume, t: number, directions: readonly [string, string, string]): View {
  const found = directions.map((direction) => {
    const axis = [...axes].findIndex((code) => code === direction || code === opposite[direction]);
    return { axis, flipped: axes[axis] !== direction, length: shape[axis]! };
  });
  const [across, down, through] = found as [(typeof found)[0], (typeof found)[0], (typeof found)[0]];
  const at = ({ flipped, length }: (typeof found)[0], i: number) => (flipped ? length - 1 - i : i);
  const index: [number, number, number] = [0, 0, 0];
  return {
    width: across.length,
    height: down.length,
    depth: through.length,
    value(x, y, z) {
      index[across.axis] = at(across, x);
      index[down.axis] = at(down, y);
      index[through.axis] = at(through, z);
      return value(...index, t);
    },
  };
}

function choice(
  { slice, montage }: ImageReference['options'],
  depth: number,
  file: string,
): { slices: number[]; columns: number } {
  if (montage === undefined)
    return {
      slices: [slice === undefined ? Math.floor(depth / 2) : indexOption(slice, 'slice', 0, depth - 1, file)],
      columns: 1,
    };
  const count = indexOption(montage, 'montage', 1, depth, file);
  return {
    slices: Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) * depth) / count)),
    columns: Math.ceil(Math.sqrt(count)),
  };
}

function levelOf(low: number, high: number): (value: number) => number {
  const scale = high > low ? 255 / (high - low) : 0;
  return (value) => Math.round(Math.min(255, Math.max(0, (value - low) * scale)));
}

function windowRange(window: string, file: string): [number, number] {
  const [center, width] = window.split(',').map(Number) as [number, number];
  if (Number.isFinite(center) && width > 0) return [center - width / 2, center + width / 2];
  return unreadable(file, `window=${window} is not a centre and a width`, 'write window=40,400');
}

/** Voxels that are not numbers are passed over. */
function rangeOf({ shape: [width, height, depth], value }: Volume, t: number): [number, number] {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const voxel = value(x, y, z, t);
        if (voxel < least) least = voxel;
        if (voxel > greatest) greatest = voxel;
      }
  return [least, greatest];
}

/** NIfTI-1 and NIfTI-2 volumes: values and orientation (nifti.nimh.nih.gov). `.nii.gz` is unpacked. */
import { createGunzip } from 'node:zlib';
import { refuseHuge, unreadable } from '../image';

export interface Volume {
  /** Voxels along x, y, z and volumes along t. */
  shape: [number, number, number, number];
  /** Voxel indices -> millimetres to the right, anterior, superior; 4 × 4. */
  affine: number[][];
  /** For each voxel axis the direction in which it grows, as nibabel's `aff2axcodes`: `LAS`. */
  axes: string;
  /** A voxel's value after scaling (slope, intercept). */
  value(x: number, y: number, z: number, t: number): number;
}

/** What holds the header of either version. */
const headerBytes = 544;

/** Byte length and reader of each data type. */
const types: Readonly<Record<number, [number, (view: DataView, at: number, little: boolean) => number]>> = {
  2: [1, (view, at) => view.getUint8(at)],
  4: [2, (view, at, little) => view.getInt16(at, little)],
  8: [4, (view, at, little) => view.getInt32(at, little)],
  16: [4, (view, at, little) => view.getFloat32(at, little)],
  64: [8, (view, at, little) => view.getFloat64(at, little)],
  256: [1, (view, at) => view.getInt8(at)],
  512: [2, (view, at, little) => view.getUint16(at, little)],
  768: [4, (view, at, little) => view.getUint32(at, little)],
  1024: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  1280: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
};

/** @param file named in errors. @throws MP2003, MP2008. */
export async function readNifti(bytes: Uint8Array, file: string): Promise<Volume> {
  const { readHeader, isNIFTI, isNIFTI2 } = await import('nifti-reader-js');
  const start = await unpacked(bytes, headerBytes, file);
  const size = isNIFTI2(start) ? 540 : 348;
  // Extensions, which may be longer than the images, are passed over.
  new Uint8Array(start).fill(0, size);
  const header = isNIFTI(start) && start.byteLength >= size ? readHeader(start) : null;
  if (!header)
    return unreadable(file, 'it is not a NIfTI file', 'name .nii or .nii.gz files; .hdr with .img is not read');
  const { dims, datatypeCode, littleEndian, vox_offset, affine } = header;
  const shape = [1, 2, 3, 4].map((axis) => (axis <= dims[0]! ? Math.max(1, dims[axis]!) : 1)) as Volume['shape'];
  if (dims.slice(5, dims[0]! + 1).some((length) => length > 1))
    unreadable(file, `it has ${dims[0]} dimensions`, 'at most four are read: x, y, z and time');
  const [bytesEach, read] =
    types[datatypeCode] ??
    unreadable(
      file,
      `its data type ${datatypeCode} is not read`,
      'convert it to a real number type: complex and colour volumes are not read',
    );
  const [width, height, depth, volumes] = shape;
  refuseHuge(width, height, file, depth * volumes);
  const expected = width * height * depth * volumes * bytesEach;
  const buffer = await unpacked(bytes, vox_offset + expected, file);
  if (buffer.byteLength - vox_offset < expected)
    unreadable(file, `it has ${buffer.byteLength - vox_offset} bytes of voxels where ${expected} are expected`);
  const view = new DataView(buffer, vox_offset);
  // A slope of 0 or NaN means that values are not scaled.
  const scaled = Number.isFinite(header.scl_slope) && header.scl_slope !== 0;
  const [slope, intercept] = scaled ? [header.scl_slope, header.scl_inter] : [1, 0];
  return {
    shape,
    affine,
    axes: axesOf(affine),
    value: (x, y, z, t) =>
      read(view, (((t * depth + z) * height + y) * width + x) * bytesEach, littleEndian) * slope + intercept,
  };
}

/** The first `length` bytes, fewer if there are no more: a few packed bytes can unpack to gigabytes, of which the header says how many matter. */
async function unpacked(bytes: Uint8Array, length: number, file: string): Promise<ArrayBuffer> {
  const isPacked = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const pieces: Uint8Array[] = [];
  let had = 0;
  try {
    for await (const piece of isPacked ? createGunzip().end(bytes) : [bytes]) {
      pieces.push(piece as Uint8Array);
      had += (piece as Uint8Array).length;
      if (had >= length) break;
    }
  } catch (cause) {
    return unreadable(file, `it cannot be unpacked (${(cause as Error).message})`, undefined, cause);
  }
  const all = new Uint8Array(Math.min(had, length));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece.subarray(0, all.length - at), at);
    at += piece.length;
  }
  return all.buffer;
}

/** Each voxel axis goes to the nearest free body axis, the clearest first. */
function axesOf(affine: readonly (readonly number[])[]): string {
  const ends = [
    ['L', 'R'],
    ['P', 'A'],
    ['I', 'S'],
  ] as const;
  const lengths = [0, 1, 2].map((column) => Math.hypot(...[0, 1, 2].map((row) => affine[row]![column]!)) || 1);
  const pairs = [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((column) => ({ row, column, cosine: affine[row]![column]! / lengths[column]! })),
  );
  pairs.sort((a, b) => Math.abs(b.cosine) - Math.abs(a.cosine));
  const codes: string[] = [];
  const taken = new Set<number>();
  for (const { row, column, cosine } of pairs)
    if (codes[column] === undefined && !taken.has(row)) {
      codes[column] = ends[row]![cosine < 0 ? 0 : 1];
      taken.add(row);
    }
  return codes.join('');
}

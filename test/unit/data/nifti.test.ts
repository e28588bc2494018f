/** Expected values: ../shared/data/images-nifti/expected_volumes.json (nibabel). */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { decode } from '../../../runner/data';
import { readNifti } from '../../../runner/data/images/nifti/read';
import { describeShared, sharedPath } from '../../shared';
import { failure } from './fixture';

interface Expected {
  shape: number[];
  min: number;
  max: number;
  mean: number;
  affine: number[][];
  axcodes: string;
}

describeShared('data/images-nifti', 'NIfTI volumes of nibabel', () => {
  const folder = sharedPath('data/images-nifti');
  const { files } = JSON.parse(readFileSync(path.join(folder, 'expected_volumes.json'), 'utf8')) as {
    files: Record<string, Expected>;
  };
  const bytesOf = (name: string) => readFileSync(path.join(folder, name));

  it.each(Object.entries(files))('%s: shape, orientation, affine, scaled values', async (name, expected) => {
    const { shape, axes, affine, value } = await readNifti(bytesOf(name), name);
    expect(shape).toEqual([...expected.shape, 1].slice(0, 4));
    expect(axes).toBe(expected.axcodes);
    for (const [i, row] of expected.affine.entries())
      for (const [j, cell] of row.entries()) expect(affine[i]![j]).toBeCloseTo(cell, 3);
    let [least, greatest, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (let t = 0; t < shape[3]; t++)
      for (let z = 0; z < shape[2]; z++)
        for (let y = 0; y < shape[1]; y++)
          for (let x = 0; x < shape[0]; x++) {
            const voxel = value(x, y, z, t);
            least = Math.min(least, voxel);
            greatest = Math.max(greatest, voxel);
            sum += voxel;
          }
    // nibabel scales in float64 by factors that the file holds as float32
    expect(least).toBeCloseTo(expected.min, 6);
    expect(greatest).toBeCloseTo(expected.max, 6);
    expect(sum / shape.reduce((a, b) => a * b)).toBeCloseTo(expected.mean, 4);
  });

  it('slices are turned so that the patient’s right is on the left, whatever the file’s axes', async () => {
    for (const name of ['anatomical.nii', 'someones_anatomy.nii.gz']) {
      const { shape, axes, value } = await readNifti(bytesOf(name), name);
      const [width, height, depth] = shape;
      const { pixels, ...size } = await decode(bytesOf(name), `${name}#plane=axial&slice=3`);
      expect(size).toEqual({ width, height });
      const { max, min } = files[name]!;
      const [x, y] = [11, 20];
      // to the right of the picture: towards L; downwards: towards P
      const voxel = value(axes[0] === 'L' ? x : width - 1 - x, height - 1 - y, 3, 0);
      expect(Math.abs(pixels[(y * width + x) * 3]! - (255 * (voxel - min)) / (max - min))).toBeLessThanOrEqual(0.51);
      expect(await decode(bytesOf(name), `${name}#plane=coronal`)).toMatchObject({ width, height: depth });
      expect(await decode(bytesOf(name), `${name}#plane=sagittal`)).toMatchObject({ width: height, height: depth });
      expect(await decode(bytesOf(name), `${name}#montage=5`)).toMatchObject({ width: 3 * width, height: 2 * height });
    }
  });

  it('a montage holds its slices row by row, black where there are no more', async () => {
    const slice = async (z: number) => decode(bytesOf('anatomical.nii'), `anatomical.nii#slice=${z}`);
    const montage = await decode(bytesOf('anatomical.nii'), 'anatomical.nii#montage=5');
    const depth = files['anatomical.nii']!.shape[2]!;
    const { width, height } = await slice(0);
    const tile = (i: number) => {
      const [left, top] = [(i % 3) * width, Math.floor(i / 3) * height];
      const rows = Array.from({ length: height }, (_, y) => {
        const start = ((top + y) * montage.width + left) * 3;
        return montage.pixels.subarray(start, start + width * 3);
      });
      return Buffer.concat(rows);
    };
    for (let i = 0; i < 5; i++)
      expect(tile(i).equals((await slice(Math.floor((depth * (2 * i + 1)) / 10))).pixels)).toBe(true);
    expect(tile(5).every((level) => level === 0)).toBe(true);
  });

  it('is unpacked up to its last voxel: what else a packed file holds costs nothing', async () => {
    const volume = bytesOf('anatomical.nii');
    const packed = gzipSync(Buffer.concat([volume, Buffer.alloc(2 ** 22)]), { level: 0 });
    packed.fill(0xff, packed.length - 8); // unpacked to its end it would be refused: a wrong checksum
    expect(await decode(packed, 'x.nii.gz')).toEqual(await decode(volume, 'x.nii'));
  });

  it('of more voxels than can be decoded is refused by its header', async () => {
    const bytes = Buffer.from(bytesOf('anatomical.nii'));
    const write = bytes.readInt32LE(0) === 348 ? 'writeInt16LE' : 'writeInt16BE';
    for (const axis of [1, 2, 3]) bytes[write](32_767, 40 + 2 * axis);
    await expect(decode(gzipSync(bytes), 'x.nii.gz')).rejects.toEqual(
      failure('MP2008', /has 32767 × 32767 × 32767 pixels/),
    );
  });

  it.each<[string, RegExp]>([
    ['functional.nii#volume=20', /volume=20 is not a whole number from 0 to 19/],
    ['functional.nii#slice=3', /slice=3 is not a whole number from 0 to 2/],
    ['functional.nii#plane=oblique', /plane=oblique is not one of axial, coronal, sagittal/],
  ])('%s is refused', async (name, message) => {
    await expect(decode(bytesOf('functional.nii'), name)).rejects.toEqual(failure('MP2003', message));
  });

  it('a volume that is cut off, or is none, is refused', async () => {
    const whole = bytesOf('anatomical.nii');
    const version2 = gunzipSync(bytesOf('example_nifti2.nii.gz'));
    await expect(decode(whole.subarray(0, 60_000), 'x.nii')).rejects.toEqual(
      failure('MP2003', /bytes of voxels where 67650 are expected/),
    );
    await expect(decode(bytesOf('example4d.nii.gz').subarray(0, 1000), 'x.nii.gz')).rejects.toEqual(
      failure('MP2003', /cannot be unpacked/),
    );
    for (const length of [348, 400, 539])
      await expect(decode(gzipSync(version2.subarray(0, length)), 'x.nii.gz')).rejects.toEqual(
        failure('MP2003', /not a NIfTI file/),
      );
    await expect(decode(Buffer.from('no volume'), 'x.nii')).rejects.toEqual(failure('MP2003', /not a NIfTI file/));
  });
});
